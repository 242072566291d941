/** Forms: sent once at a time, with what the server refuses shown where it belongs. */

import type { Problem } from '@flask-headless-auth/client';

/** An element of the page that is known to be there. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`The page has no #${id}.`);
  }
  return found as E;
}

/** Calls *send* with the form's fields at each submit; the problem it answers, if any, is shown in the form. */
export function onSubmit(id: string, send: (fields: Record<string, string>) => Promise<Problem | undefined>): void {
  const form = byId<HTMLFormElement>(id);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
    clear(form);
    if (button !== null) button.disabled = true;
    try {
      const problem = await send(fieldsOf(form));
      if (problem !== undefined) show(form, problem);
    } finally {
      if (button !== null) button.disabled = false;
    }
  });
}

function fieldsOf(form: HTMLFormElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string') fields[name] = value;
  }
  return fields;
}

function clear(form: HTMLFormElement): void {
  for (const old of form.querySelectorAll('.problem, .alert')) old.remove();
  for (const input of form.querySelectorAll('[aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    describe(input, descriptions(input).filter((one) => !one.endsWith('-problem')));
  }
}

function show(form: HTMLFormElement, problem: Problem): void {
  const left: string[] = [];
  let first: HTMLInputElement | undefined;
  for (const [name, messages] of Object.entries(problem.errors ?? {})) {
    const text = messages.join(' ');
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLInputElement) {
      first ??= input;
      mark(input, text);
    } else {
      left.push(`${name}: ${text}`);
    }
  }
  if (first === undefined || left.length > 0) {
    const alert = document.createElement('p');
    alert.className = 'alert';
    alert.setAttribute('role', 'alert');
    alert.textContent = [problem.detail, ...left].join(' ');
    form.prepend(alert);
  }
  (first ?? form.querySelector<HTMLInputElement>('input[type="password"]') ?? form.querySelector('input'))?.focus();
}

function mark(input: HTMLInputElement, text: string): void {
  const message = document.createElement('span');
  message.className = 'problem';
  message.id = `${input.id}-problem`;
  message.textContent = text;
  input.after(message);
  input.setAttribute('aria-invalid', 'true');
  describe(input, [...descriptions(input), message.id]);
}

function descriptions(input: Element): string[] {
  return (input.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean);
}

function describe(input: Element, ids: string[]): void {
  input.toggleAttribute('aria-describedby', ids.length > 0);
  if (ids.length > 0) input.setAttribute('aria-describedby', ids.join(' '));
}
