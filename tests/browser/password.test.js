// A new password in Chromium: from the sign-in and back to it, by keyboard alone, on a phone at night, too.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PHONE, checkAccess, person, showAll, signIn, startBrowser } from './browser.js';
import { Stage } from './stage.js';

const KIM = 'kim@example.org';
const NEW = 'another porch lantern';
let stage;
let browser;
let password;

before(async () => {
  stage = await Stage.begin();
  browser = await startBrowser();
  ({ password } = await stage.tell('home', { email: KIM }));
});

after(async () => {
  await browser?.close();
  stage?.end();
});

test('forgotten password becomes another by keyboard alone, and signs out everywhere', async () => {
  const signedIn = await person(browser, stage);
  await signIn(signedIn, KIM, password);
  const page = await person(browser, stage, { viewport: PHONE, colorScheme: 'dark' });
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.name);
  const tabTo = async (name) => {
    for (let i = 0; i < 30; i += 1) {
      if ((await focused()).startsWith(name)) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`Tab never reached ${name}`);
  };
  await page.goto('/sign-in');
  await tabTo('Forgot your password?');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'A new password' }).waitFor();
  await checkAccess(page, 'asking for a code');
  await tabTo('email');
  await page.keyboard.type(KIM);
  await page.keyboard.press('Enter');
  await page.getByText(/^If the address has an account/).waitFor();
  const { code } = await stage.tell('code', { email: KIM });
  await tabTo('code');
  await page.keyboard.type(code === '00000000' ? '00000001' : '00000000');
  await page.keyboard.press('Tab');
  await page.keyboard.type(NEW);
  await page.keyboard.press('Enter');
  await page.getByText('This is not the code.').waitFor();
  assert.equal(await focused(), 'code', 'where it has to be mended');
  await checkAccess(page, 'a wrong code');
  await page.keyboard.type(code);
  await page.keyboard.press('Tab');
  await page.keyboard.type(NEW);
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Your new password is set.').waitFor();
  await checkAccess(page, 'the sign-in after it');
  await signIn(page, KIM, NEW);
  await signedIn.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 5000 });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  await signedIn.context().close();
});

test('code that is over leads to a new one', async () => {
  const page = await person(browser, stage);
  await page.goto('/password');
  await page.getByLabel('Email').fill('nobody@example.org');
  await page.getByRole('button', { name: 'Send the code' }).click();
  for (let tries = 0; tries < 6; tries += 1) {
    await page.getByLabel('Code from the mail').fill('12345678');
    await page.getByLabel('New password').fill(NEW);
    await page.getByRole('button', { name: 'Set the password' }).click();
  }
  await page.getByText('This code does not work any more.').waitFor();
  await checkAccess(page, 'a code that is over');
  await page.getByRole('link', { name: 'Ask for a new code' }).click();
  await page.getByRole('button', { name: 'Send the code' }).waitFor();
  await page.context().close();
});

test('page of a new password is for everybody', async () => {
  const page = await person(browser, stage);
  await showAll(page, '/password', 'password');
  await page.context().close();
  const german = await person(browser, stage, { locale: 'de-AT' });
  await showAll(german, '/password', 'password-german');
  await german.context().close();
});
