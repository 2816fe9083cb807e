// Chromium, as a person has it: a window of some size by day or by night, with scripts or without.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Stage } from './stage.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = fileURLToPath(new URL('../../target/pictures/portal/', import.meta.url));

export const WIDE = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** For all tests of one file: a stage, a browser, and what `prepare` tells the stage to have and answers with. */
export function givenStage(prepare) {
  const given = {};
  before(async () => {
    given.stage = await Stage.begin();
    given.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
    Object.assign(given, await prepare(given.stage));
  });
  after(async () => {
    await given.browser?.close();
    given.stage?.end();
  });
  return given;
}

/** A browser of its own for somebody; what its pages complain about fails the test. */
export async function person({ browser, stage }, options = {}) {
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

export async function signIn(page, email, password, home = 'Home') {
  await page.goto('/sign-in');
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  await page.locator('button').click();
  await page.getByRole('heading', { name: home }).waitFor();
}

/** Nobody's hand is on the mouse: what is reached by Tab, and the keys that are pressed there. */
export function keyboard(page) {
  const press = async (key, times = 1) => {
    for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
  };
  /** What is said of the thing that has the focus; nothing while a page gives way to the next. */
  const focused = async () => {
    try {
      return await page.evaluate(() => {
        const thing = document.activeElement;
        const said = thing.getAttribute('aria-label') ?? thing.labels?.[0]?.textContent ?? thing.textContent;
        return said.trim();
      });
    } catch (error) {
      if (!String(error).includes('navigation')) throw error;
      await page.waitForLoadState();
      return '';
    }
  };
  const tabTo = async (name) => {
    for (let i = 0; i < 80; i += 1) {
      if ((await focused()).startsWith(name)) return;
      await press('Tab');
    }
    assert.fail(`Tab never reached ${name}`);
  };
  /** Goes there and presses Enter. */
  const open = async (name) => {
    await tabTo(name);
    await press('Enter');
  };
  /** Goes to a field and writes over what is there. */
  const write = async (name, text) => {
    await tabTo(name);
    await press('Control+A');
    await page.keyboard.type(text);
  };
  const signIn = async (email, password) => {
    await page.goto('/sign-in');
    await write('Email', email);
    await write('Password', password);
    await press('Enter');
    await page.getByRole('heading', { name: 'Home' }).waitFor();
  };
  return { press, focused, tabTo, open, write, signIn };
}

/** No violation of what axe knows. It is run by the debugger, which no policy of the page stands against. */
export async function checkAccess(page, what) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  const told = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html} ${n.failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], what);
}

mkdirSync(PICTURES, { recursive: true });

/** No text runs out of the window. */
export async function checkWidth(page, what) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, `${what}: nothing runs out of the window`);
}

/**
 * One page as people see it: wide and on a phone, by day and by night; each without a violation. `reach` leads from
 * there to a state that has no address of its own.
 */
export async function showAll(page, path, name, reach = async () => {}) {
  for (const [size, viewport] of Object.entries({ wide: WIDE, phone: PHONE })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(path);
      await reach();
      await checkAccess(page, `${name}, ${size}, ${colorScheme}`);
      await checkWidth(page, `${name}, ${size}`);
      const file = `${name}-${size}-${colorScheme}.png`;
      // All of it in one window: the bar at the bottom is at the bottom.
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ ...viewport, height: Math.max(height, viewport.height) });
      await page.screenshot({ path: PICTURES + file });
      await page.setViewportSize(viewport);
    }
  }
  await page.setViewportSize(WIDE);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  assert.deepEqual(page.complaints, [], `${path}: nothing in the console`);
}

/** The pictures on one page: of all files of tests, whichever ends last. */
export function writeIndex() {
  const shown = readdirSync(PICTURES).filter((file) => file.endsWith('.png')).sort();
  const figures = shown.map((file) => `<figure><img src="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`);
  const style = 'body{font:14px sans-serif;display:flex;flex-wrap:wrap;gap:16px}img{height:420px;border:1px solid #999}figure{margin:0}';
  writeFileSync(`${PICTURES}index.html`, `<!doctype html><meta charset="utf-8"><title>Portal</title><style>${style}</style>${figures.join('\n')}\n`);
}
