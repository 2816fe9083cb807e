// A new password in Chromium: from the sign-in and back to it, by keyboard alone, on a phone at night, too.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, checkAccess, givenStage, keyboard, person, showAll, signIn } from './browser.js';

const KIM = 'kim@example.org';
const NEW = 'another porch lantern';
const given = givenStage((stage) => stage.tell('home', { email: KIM }));

test('forgotten password becomes another by keyboard alone, and signs out everywhere', async () => {
  const signedIn = await person(given);
  await signIn(signedIn, KIM, given.password);
  const page = await person(given, { viewport: PHONE, colorScheme: 'dark' });
  const keys = keyboard(page);
  await page.goto('/sign-in');
  await keys.open('Forgot your password?');
  await page.getByRole('heading', { name: 'A new password' }).waitFor();
  await checkAccess(page, 'asking for a code');
  await keys.write('Email', KIM);
  await keys.press('Enter');
  await page.getByText(/^If the address has an account/).waitFor();
  const { code } = await given.stage.tell('code', { email: KIM });
  await keys.write('Code from the mail', code === '00000000' ? '00000001' : '00000000');
  await keys.write('New password', NEW);
  await keys.press('Enter');
  await page.getByText('This is not the code.').waitFor();
  assert.equal(await keys.focused(), 'Code from the mail', 'where it has to be mended');
  await checkAccess(page, 'a wrong code');
  await page.keyboard.type(code);
  await keys.write('New password', NEW);
  await keys.press('Enter');
  await page.getByRole('status').getByText('Your new password is set.').waitFor();
  await checkAccess(page, 'the sign-in after it');
  await signIn(page, KIM, NEW);
  await signedIn.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 5000 });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
  await signedIn.context().close();
});

test('code that is over leads to a new one', async () => {
  const page = await person(given);
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
  const page = await person(given);
  await showAll(page, '/password', 'password');
  await page.context().close();
  const german = await person(given, { locale: 'de-AT' });
  await showAll(german, '/password', 'password-german');
  await german.context().close();
});
