/** The demo's page: sign up, in and out, see and change who you are, and on which devices. */

import { createAuthClient, type ErrorCode, type Problem, type Provider, type User } from '@flask-headless-auth/client';
import { drawDevices } from './devices.js';
import { byId, onSubmit } from './forms.js';
import { watch } from './wire.js';

const auth = createAuthClient();
watch(auth.client);

type Answer = { data: unknown; error: Problem | undefined };

const SIGNED_OUT: ReadonlySet<ErrorCode> = new Set(['token_missing', 'token_invalid', 'session_ended', 'refresh_reused', 'token_expired']);

/** Calls an operation of a signed-in user: an access token whose time is over is renewed once. */
async function asMember<A extends Answer>(operation: () => Promise<A>): Promise<A> {
  let answer = await operation();
  if (answer.error?.code === 'token_expired') {
    const renewed = await auth.refreshToken();
    if (renewed.error === undefined) answer = await operation();
  }
  if (answer.error !== undefined && SIGNED_OUT.has(answer.error.code) && !byId('member').hidden) {
    showVisitor('You have been signed out. Sign in again to go on.');
  }
  return answer;
}

function showVisitor(notice?: string): void {
  document.body.dataset['view'] = 'visitor';
  byId('member').hidden = true;
  byId('visitor').hidden = false;
  byId('sign-out').hidden = true;
  for (const form of document.forms) form.reset();
  showCard('sign-in-card');
  tell(notice);
}

function showCard(id: string): void {
  for (const card of ['sign-in-card', 'sign-up-card']) byId(card).hidden = card !== id;
  byId(id).querySelector('input')?.focus();
}

function showMember(user: User, notice?: string): void {
  const entering = byId('member').hidden;
  document.body.dataset['view'] = 'member';
  byId('visitor').hidden = true;
  byId('member').hidden = false;
  byId('sign-out').hidden = false;
  const name = [user.first_name, user.last_name].filter(Boolean).join(' ');
  byId('greeting').textContent = user.first_name ? `Hello, ${user.first_name}` : 'Hello';
  byId('who').textContent = `Signed in as ${user.email}`;
  byId('initials').textContent = initials(name || user.email);
  byId<HTMLInputElement>('me-first').value = user.first_name ?? '';
  byId<HTMLInputElement>('me-last').value = user.last_name ?? '';
  byId('password').querySelector<HTMLInputElement>('[name="username"]')!.value = user.email;
  tell(notice);
  if (entering) {
    byId<HTMLFormElement>('password').reset();
    byId('greeting').focus();
    void loadDevices();
  }
}

function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean);
  return (words.slice(0, 2).map((word) => [...word][0]).join('') || '?').toUpperCase();
}

function tell(notice: string | undefined, bad = false): void {
  const place = byId('notice');
  place.hidden = notice === undefined;
  place.textContent = notice ?? '';
  place.classList.toggle('bad', bad);
}

/** Asks the server who is signed in, after a sign-in too: so the page knows that the cookie has been kept. */
async function enter(notice: string): Promise<Problem | undefined> {
  const { data, error } = await asMember(() => auth.getMe());
  if (data === undefined) {
    return error.code === 'token_missing'
      ? { ...error, detail: 'You are signed in, but this browser does not keep the cookie on http://localhost. Try Chrome, Edge or Firefox.' }
      : error;
  }
  showMember(data.user, notice);
  return undefined;
}

async function loadDevices(): Promise<void> {
  const { data, error } = await asMember(() => auth.listSessions({ query: { limit: 100 } }));
  if (data === undefined) {
    tell(error.detail, true);
    return;
  }
  byId('end-others').hidden = data.items.length < 2;
  drawDevices(byId('devices'), data.items, async (session) => {
    const ended = await asMember(() => auth.endSession({ path: { session_id: session.id } }));
    tell(ended.error?.detail ?? 'The device has been signed out.', ended.error !== undefined);
    await loadDevices();
    byId('devices-title').focus();
  });
}

onSubmit('sign-in', async ({ email = '', password = '', remember }) => {
  const { data, error } = await auth.login({ body: { email, password, remember: remember === 'on' } });
  if (error !== undefined) return error;
  if (data.status !== 'signed_in') return unexpected('This account asks for a second factor, which this small page does not know.');
  return enter('Welcome back.');
});

onSubmit('sign-up', async ({ first_name, email = '', password = '' }) => {
  const { data, error } = await auth.signUp({ body: { email, password, ...(first_name ? { first_name } : {}) } });
  if (error !== undefined) return error;
  if (data.status !== 'signed_in') return unexpected('Your account is there. Sign in to go on.');
  return enter('Your account is ready, and you are signed in.');
});

onSubmit('profile', async ({ first_name = '', last_name = '' }) => {
  const body = { first_name: first_name || null, last_name: last_name || null };
  const { data, error } = await asMember(() => auth.updateMe({ body }));
  if (error !== undefined) return error;
  showMember(data.user, 'Your profile has been saved.');
  return undefined;
});

onSubmit('password', async ({ current_password = '', new_password = '' }) => {
  const { data, error } = await asMember(() => auth.updatePassword({ body: { current_password, new_password } }));
  if (error !== undefined) return error;
  byId<HTMLFormElement>('password').reset();
  tell(data.message);
  await loadDevices();
  return undefined;
});

byId('sign-out').addEventListener('click', async () => {
  const { error } = await auth.logout();
  if (error !== undefined && !SIGNED_OUT.has(error.code)) {
    tell(error.detail, true);
    return;
  }
  showVisitor('You are signed out.');
});

byId('end-others').addEventListener('click', async () => {
  const { data, error } = await asMember(() => auth.endOtherSessions());
  tell(error?.detail ?? data?.message, error !== undefined);
  await loadDevices();
});

for (const button of document.querySelectorAll<HTMLElement>('[data-show]')) {
  button.addEventListener('click', () => {
    tell(undefined);
    showCard(button.dataset['show'] ?? 'sign-in-card');
  });
}

// Another tab may have signed out meanwhile.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && !byId('member').hidden) void loadDevices();
});

/** A button for each provider of the application; each is a link, which the browser follows there and back. */
function drawProviders(providers: Provider[]): void {
  const buttons = providers.map(({ name, label }) => {
    const link = document.createElement('a');
    link.className = 'provider';
    link.href = `/api/auth/login/${encodeURIComponent(name)}`;
    link.textContent = `Sign in with ${label}`;
    const row = document.createElement('li');
    row.append(link);
    return row;
  });
  byId('providers').replaceChildren(...buttons);
  byId('providers').hidden = buttons.length === 0;
}

const CAME_BACK: Readonly<Record<string, string>> = {
  provider_denied: 'You cancelled the sign-in.',
  account_not_linked: 'An account with this address exists. Sign in to it with your password.',
};

/** Says why a provider sent the browser back without a sign-in, once. */
function tellHowItCameBack(): void {
  const error = new URLSearchParams(location.search).get('error');
  if (error === null) return;
  history.replaceState(null, '', location.pathname);
  tell(CAME_BACK[error] ?? 'The sign-in did not work. Try again, or another way.', true);
}

function unexpected(detail: string): Problem {
  return { type: 'about:blank', title: detail, status: 200, code: 'unavailable', detail, error: detail };
}

async function start(): Promise<void> {
  const { data, error } = await asMember(() => auth.getMe());
  if (data !== undefined) {
    showMember(data.user);
  } else {
    showVisitor();
    if (!SIGNED_OUT.has(error.code)) tell(error.detail, true);
  }
  tellHowItCameBack();
  const { data: config } = await auth.getConfig();
  drawProviders(config?.providers ?? []);
  const least = config?.password?.min_length;
  if (least !== undefined) {
    byId('up-rule').textContent = `At least ${least} characters: a few words that only you would put together.`;
  }
}

void start();
