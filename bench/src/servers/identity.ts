import { createSecretKey } from 'node:crypto';
import jwt from 'jsonwebtoken';

const key = createSecretKey(Buffer.from(process.env.ACCESS_TOKEN_SECRET ?? ''));

/** Returns the user id of a request. Throws if the access token is invalid. */
export function userIdOf(authorization: string | undefined): string {
  const token = (authorization ?? '').slice('Bearer '.length);
  const claims = jwt.verify(token, key, {
    algorithms: ['HS256'],
    issuer: 'synap',
    audience: 'synap',
  });
  if (typeof claims === 'string' || claims.sub === undefined) throw new Error('No subject');
  return claims.sub;
}
