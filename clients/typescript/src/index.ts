/**
 * A typed client for Flask-Headless-Auth.
 *
 * Everything in `./generated` comes from the server's OpenAPI contract; this file only says how the client
 * travels: with cookies in browsers, with tokens in the body elsewhere.
 */

import { createClient, createConfig, type Client, type Config } from './generated/client/index.js';
import { AuthApi } from './generated/sdk.gen.js';
import type { Problem, Tokens } from './generated/types.gen.js';

export * from './generated/index.js';
export type { Client } from './generated/client/index.js';

/** How tokens travel: as httpOnly cookies that no script sees, or in bodies and the `Authorization` header. */
export type Delivery = 'cookies' | 'body';

/** What `createAuthClient` takes; besides these, whatever `fetch` takes. */
export interface AuthClientOptions extends Omit<Config, 'auth' | 'baseUrl' | 'responseStyle' | 'throwOnError'> {
  /** Origin of the server, e.g. `https://api.example.com`; the page's own origin when absent. */
  baseUrl?: string;
  /** `cookies` in browsers and `body` everywhere else, unless said otherwise here. */
  delivery?: Delivery;
  /**
   * The tokens to send, with `delivery: 'body'`: the last answer of a sign-in or a refresh. Asked before each
   * request; the refresh token goes to `/token/refresh` only, the access token to whatever needs one.
   */
  tokens?: () => Pick<Tokens, 'access_token' | 'refresh_token'> | undefined;
}

/** All operations of the API as methods. `client` takes interceptors and settings for every request. */
export class AuthClient extends AuthApi {
  declare readonly client: Client;
}

/**
 * A client of one server.
 *
 * Each method answers `{ data, error }`: exactly one is there, and `error` is always a `Problem`, also when the
 * server cannot be reached (`status` is 0) or a proxy answers in its stead. With `throwOnError: true` in a
 * call the `Problem` is thrown.
 */
export function createAuthClient(options: AuthClientOptions = {}): AuthClient {
  const { delivery = isBrowser() ? 'cookies' : 'body', tokens, headers, ...config } = options;
  const client = createClient(
    createConfig({
      credentials: delivery === 'cookies' ? 'include' : 'omit',
      cache: 'no-store',
      ...config,
      headers: { 'X-Auth-Delivery': delivery, ...plain(headers) },
    }),
  );
  client.interceptors.request.use((request, { security, url }) => {
    if (security !== undefined && !request.headers.has('Authorization')) {
      const kept = tokens?.();
      const token = url.endsWith('/token/refresh') ? kept?.refresh_token : kept?.access_token;
      if (token !== undefined) {
        request.headers.set('Authorization', `Bearer ${token}`);
      }
    }
    return request;
  });
  client.interceptors.error.use((error, response: Response | undefined) => toProblem(error, response));
  return new AuthClient({ client });
}

/** Whether this is a problem document of the server (RFC 9457). */
export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value && 'status' in value;
}

function toProblem(error: unknown, response: Response | undefined): Problem {
  if (isProblem(error)) {
    return error;
  }
  // A proxy's page, or no answer at all: the part that this operation needs does not answer.
  const status = response?.status ?? 0;
  const detail =
    response === undefined
      ? 'The server cannot be reached.'
      : `The server cannot be used now: something before it answered ${status}.`;
  return { type: 'about:blank', title: 'Service unavailable', status, detail, code: 'service_unavailable', error: detail };
}

function plain(headers: Config['headers']): Record<string, unknown> {
  return headers instanceof Headers || Array.isArray(headers) ? Object.fromEntries(headers) : { ...headers };
}

function isBrowser(): boolean {
  // Pages have a document; web and service workers have importScripts. React Native and Node have neither.
  return 'document' in globalThis || 'importScripts' in globalThis;
}
