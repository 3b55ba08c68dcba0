/**
 * Error of a request that cannot be read or completed. `code` is the name of its HTTP status in
 * tRPC's spelling; the message is written for the client.
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly code:
      | 'BAD_REQUEST'
      | 'TIMEOUT'
      | 'PAYLOAD_TOO_LARGE'
      | 'CLIENT_CLOSED_REQUEST'
      | 'SERVICE_UNAVAILABLE',
    message: string,
  ) {
    super(message);
  }
}
