// Sends the requests of Kubb's client: adds the address of the server and the access token, and
// writes objects in a query as OpenAPI's `style: form, explode: true` does.
export interface RequestConfig<TData = unknown> {
  url?: string;
  method?: string;
  params?: object;
  data?: TData;
  headers?: Record<string, string | undefined>;
}
export interface ResponseConfig<TData = unknown> {
  data: TData;
  status: number;
}
export type ResponseErrorConfig<TError = unknown> = TError;
export type Client = typeof request;

/** Thrown for every response that is not 2xx; `problem` is the parsed body. */
export class RequestError extends Error {
  constructor(readonly problem: { status: number; code: string; detail: string }) {
    super(problem.detail);
  }
}

const settings = { baseUrl: '', accessToken: '' };

export const configure = (changes: Partial<typeof settings>): void =>
  void Object.assign(settings, changes);

function queryOf(params: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    const entries =
      typeof value === 'object' && value !== null ? Object.entries(value) : [[name, value]];
    for (const [key, one] of entries) if (one !== undefined) query.append(String(key), String(one));
  }
  return query.size > 0 ? `?${query}` : '';
}

export default async function request<TData, _TError = unknown, TVariables = unknown>(
  config: RequestConfig<TVariables>,
): Promise<ResponseConfig<TData>> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(config.headers ?? {}))
    if (value !== undefined) headers.set(name, value);
  if (settings.accessToken !== '') headers.set('authorization', `Bearer ${settings.accessToken}`);
  if (config.data !== undefined) headers.set('content-type', 'application/json');
  const response = await fetch(`${settings.baseUrl}${config.url}${queryOf(config.params ?? {})}`, {
    method: config.method ?? 'GET',
    headers,
    body: config.data === undefined ? null : JSON.stringify(config.data),
  });
  const text = await response.text();
  const data = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw new RequestError(data);
  return { data, status: response.status };
}
