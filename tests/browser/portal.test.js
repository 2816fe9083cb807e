// The portal in Chromium, against the real server: live, and without scripts. By keyboard alone: keyboard.test.js; for
// everybody's eyes: pictures.test.js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHONE, checkAccess, givenStage, person, signIn } from './browser.js';

const KIM = 'kim@example.org';
const ANA = 'ana@bright.example';
const given = givenStage(async (stage) => {
  const home = await stage.tell('home', { email: KIM });
  await stage.tell('partner', { company: 'Bright Solar', email: ANA });
  await stage.tell('customer', { email: KIM });
  return home;
});

const card = (page, comment) => page.getByRole('article').filter({ hasText: comment });
const ask = (comment, hours = 4) => given.stage.tell('ask', { email: KIM, hours, comment });

test('page that asks for a session leads to the sign-in and back', async () => {
  const page = await person(given);
  await page.goto('/devices?section=video');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await page.getByLabel('Email').fill(KIM);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('Email and password do not match an account.').waitFor();
  await checkAccess(page, 'a refused sign-in');
  await page.getByLabel('Password').fill(given.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  assert.equal(new URL(page.url()).search, '?section=video');
  await page.getByText('Gate').waitFor();
  assert.equal(await page.getByText('Garage').count(), 0, 'an energy panel is in another section');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('request appears the moment it is made, without a reload', async () => {
  const page = await person(given);
  await signIn(page, KIM, given.password);
  await page.evaluate(() => { globalThis.sameDocument = true; });
  await ask('The inverter reports a fault.');
  const heading = page.getByRole('heading', { name: 'Ana Ruiz of Bright Solar asks to work in your account' });
  await heading.waitFor({ timeout: 3000 });
  assert.equal(await page.evaluate(() => globalThis.sameDocument), true);
  await card(page, 'The inverter reports a fault.').getByRole('button', { name: 'Decline' }).click();
  await page.getByRole('status').getByText('You declined.').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('without scripts a customer consents for a shorter time and ends access', async () => {
  await ask('The gate sticks.', 24);
  const page = await person(given, { javaScriptEnabled: false });
  await signIn(page, KIM, given.password);
  const request = card(page, 'The gate sticks.');
  await request.getByText('Add devices').waitFor();
  await request.getByLabel('Only for 1 hour').check();
  await request.getByRole('button', { name: 'Consent' }).click();
  await page.getByRole('status').getByText('You consented.').waitFor();
  const access = page.getByRole('group', { name: /^Ana Ruiz of Bright Solar may work in your account until/ });
  const until = /until (\d\d):(\d\d) /.exec(await access.getAttribute('aria-label'));
  assert.ok(until, 'today, so without a date: it was asked for 24 hours, and 1 was granted');
  await access.getByRole('button', { name: 'End access now' }).click();
  await page.getByRole('status').getByText('Access has ended.').waitFor();
  assert.equal(await access.count(), 0);
  await page.getByText(/You ended it at/).first().waitFor();
  await page.context().close();
});

test('what is typed stays when something else changes meanwhile', async () => {
  const page = await person(given);
  await signIn(page, KIM, given.password);
  await page.getByRole('link', { name: /Boat house/ }).click();
  const name = page.getByLabel('Name');
  await name.fill('Boat ho');
  await page.getByText(/^Offline since/).waitFor();
  await given.stage.tell('switch_on', { serial: 'LX4-00003' });
  await page.getByText(/^Online since/).waitFor({ timeout: 5000 });
  assert.equal(await name.inputValue(), 'Boat ho');
  await given.stage.tell('switch_off', { serial: 'LX4-00003' });
  await page.getByText(/^Offline since/).waitFor({ timeout: 5000 });
  await name.fill(' ');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByText('Use 1 to 64 visible characters.').waitFor();
  assert.equal(await name.getAttribute('aria-describedby'), 'name-complaint');
  await checkAccess(page, 'a refused name');
  await name.fill('Boat house north');
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('heading', { name: 'Boat house north' }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('session that is ended elsewhere closes its open pages', async () => {
  const [lost, own] = [await person(given), await person(given)];
  await signIn(lost, KIM, given.password);
  await signIn(own, KIM, given.password);
  await own.goto('/settings');
  await own.getByRole('button', { name: /^Sign this one out: Browser/ }).first().click();
  await own.getByRole('status').getByText('It is signed out.').waitFor();
  await lost.getByRole('heading', { name: 'Sign in' }).waitFor({ timeout: 5000 });
  await lost.context().close();
  await own.context().close();
});

test('installer adds a customer, asks, and sees the answer without a reload', async () => {
  const installer = await person(given, { viewport: PHONE });
  await signIn(installer, ANA, given.password);
  await installer.getByRole('link', { name: 'Customers' }).click();
  await installer.getByRole('link', { name: 'Edit Kim Lee' }).click();
  assert.equal(await installer.getByLabel('Watch live pictures and recordings').isChecked(), false);
  await installer.getByLabel('Days', { exact: true }).check();
  await installer.getByLabel(/number of days/).fill('31');
  await installer.getByLabel(/^Why/).fill('Yearly service.');
  await installer.getByRole('button', { name: 'Ask' }).click();
  await installer.getByText('Choose 1 hour to 30 days.').waitFor();
  assert.equal(await installer.getByLabel(/^Why/).inputValue(), 'Yearly service.', 'nothing is typed twice');
  await installer.getByLabel(/number of days/).fill('2');
  await installer.getByRole('button', { name: 'Ask' }).click();
  await installer.getByRole('status').getByText('The customer has been asked.').waitFor();
  await installer.getByText(/^Waits for an answer until/).first().waitFor();
  const customer = await person(given);
  await signIn(customer, KIM, given.password);
  await card(customer, 'Yearly service.').getByRole('button', { name: 'Consent' }).click();
  await installer.getByText(/^Authorized until/).waitFor({ timeout: 5000 });
  await installer.getByRole('link', { name: 'Link to Kim Lee' }).click();
  await installer.getByText(/^Open the partner app on your phone/).waitFor();
  assert.deepEqual(installer.complaints, []);
  await installer.context().close();
  await customer.context().close();
});

test('request that arrives moves nothing that is read, and takes no click at first', async () => {
  await ask('The first.');
  const page = await person(given);
  await signIn(page, KIM, given.password);
  const first = card(page, 'The first.').getByRole('button', { name: 'Consent' });
  await first.click({ trial: true });
  const before = await first.boundingBox();
  await ask('The second.');
  const second = card(page, 'The second.');
  await second.waitFor({ timeout: 3000 });
  const pointers = () => second.evaluate((element) => getComputedStyle(element).pointerEvents);
  assert.equal(await pointers(), 'none');
  assert.deepEqual(await first.boundingBox(), before, 'what was aimed at is where it was');
  await page.waitForTimeout(1500);
  assert.equal(await pointers(), 'auto');
  await card(page, 'The first.').getByRole('button', { name: 'Decline' }).click();
  await page.getByRole('status').getByText('You declined.').waitFor();
  await second.getByRole('button', { name: 'Decline' }).click();
  await second.waitFor({ state: 'detached' });
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
