/** The list of devices: one item for each session of the user. */

import type { Session } from '@flask-headless-auth/client';

/** Fills *list* with the sessions; *end* is called with the one whose button was pressed. */
export function drawDevices(list: HTMLElement, sessions: Session[], end: (session: Session) => void): void {
  list.replaceChildren(...sessions.map((session) => item(session, end)));
}

function item(session: Session, end: (session: Session) => void): HTMLLIElement {
  const row = document.createElement('li');
  const text = document.createElement('div');
  const name = paragraph(deviceName(session.user_agent));
  const seen = paragraph(`Signed in ${ago(session.created_at)} from ${session.address}, last seen ${ago(session.last_seen_at)}`);
  seen.className = 'muted';
  text.append(name, seen);
  row.append(text);
  if (session.is_current) {
    const badge = document.createElement('span');
    badge.className = 'badge';
    badge.textContent = 'This device';
    name.append(badge);
  } else {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'quiet';
    button.textContent = 'Sign out';
    button.setAttribute('aria-label', `Sign out ${deviceName(session.user_agent)}`);
    button.addEventListener('click', () => end(session));
    row.append(button);
  }
  return row;
}

function paragraph(text: string): HTMLParagraphElement {
  const made = document.createElement('p');
  made.textContent = text;
  return made;
}

const BROWSERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/curl\//, 'curl'],
  [/^node/, 'Node'],
];
const SYSTEMS: ReadonlyArray<readonly [RegExp, string]> = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** `Firefox on Linux`, or the first word of a user agent that is no browser's. */
export function deviceName(userAgent: string): string {
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return [browser ?? (userAgent.split(/[\s/]/)[0] || 'Unknown device'), system].filter(Boolean).join(' on ');
}

const STEPS: ReadonlyArray<readonly [Intl.RelativeTimeFormatUnit, number]> = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 minutes ago`. */
function ago(moment: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(moment)) / 1000);
  const [unit, size] = STEPS.find(([, length]) => seconds >= length) ?? [undefined, 1];
  return unit === undefined ? 'just now' : new Intl.RelativeTimeFormat('en').format(-Math.floor(seconds / size), unit);
}
