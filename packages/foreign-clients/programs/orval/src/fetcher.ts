// Sends the requests of Orval's client: adds the address of the server and the access token.
const settings = { baseUrl: '', accessToken: '' };

export const configure = (changes: Partial<typeof settings>): void =>
  void Object.assign(settings, changes);

export async function fetcher<T>(url: string, init: RequestInit): Promise<T> {
  const headers = new Headers(init.headers);
  if (settings.accessToken !== '') headers.set('authorization', `Bearer ${settings.accessToken}`);
  const response = await fetch(`${settings.baseUrl}${url}`, { ...init, headers });
  const text = await response.text();
  const data: unknown = text === '' ? undefined : JSON.parse(text);
  return { data, status: response.status, headers: response.headers } as T;
}
