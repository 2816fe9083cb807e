// Chromium, as a person has it: a window of some size by day or by night, with scripts or without.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = fileURLToPath(new URL('../../target/pictures/portal/', import.meta.url));

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** A browser of its own for somebody; what its pages complain about fails the test. */
export async function person(browser, stage, options = {}) {
  const context = await browser.newContext({
    baseURL: stage.cloud,
    locale: 'en-GB',
    timezoneId: 'Europe/Vienna',
    viewport: WIDE,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.complaints = [];
  page.on('console', (message) => {
    // A status that a test asked for is told of too; what the policy refused and what a script threw is a defect.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) page.complaints.push(message.text());
  });
  page.on('pageerror', (error) => page.complaints.push(String(error)));
  return page;
}

export async function signIn(page, email, password) {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}

/** No violation of what axe knows. It is run by the debugger, which no policy of the page stands against. */
export async function checkAccess(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], what);
}

mkdirSync(PICTURES, { recursive: true });
const shown = [];

/** One page as people see it: wide and on a phone, by day and by night; each without a violation. */
export async function showAll(page, path, name) {
  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path);
      await checkAccess(page, `${path}, ${size}, ${colorScheme}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `${path}, ${size}: nothing runs out of the window`);
      const file = `${name}-${size}-${colorScheme}.png`;
      // All of it in one window: the bar at the bottom is at the bottom.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ ...viewport, height: Math.max(height, viewport.height) });
      await page.screenshot({ path: PICTURES + file });
      await page.setViewportSize(viewport);
      shown.push(file);
    }
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  assert.deepEqual(page.complaints, [], `${path}: nothing in the console`);
}

/** The pictures on one page. */
export function writeIndex() {
  const figures = shown.map((file) => `<figure><img src="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`);
  const style = 'body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}img{height:420px;border:1px solid #999}figure{margin:0}';
  writeFileSync(`${PICTURES}index.html`, `<!doctype html><meta charset="utf-8"><title>Portal</title><style>${style}</style>${figures.join('\n')}\n`);
}
