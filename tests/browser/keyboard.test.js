// The portal by keyboard alone: from the address of the sign-in on, nobody clicks and nobody types another address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keyboard, person, signIn, startBrowser } from './browser.js';
import { Stage } from './stage.js';

const KIM = 'kim@example.org';
const MAX = 'max@example.org';
const ANA = 'ana@bright.example';
let stage;
let browser;
let password;

before(async () => {
  stage = await Stage.begin();
  browser = await startBrowser();
  ({ password } = await stage.tell('home', { email: KIM }));
  await stage.tell('account', { email: MAX });
  await stage.tell('partner', { company: 'Bright Solar', email: ANA });
  await stage.tell('customer', { email: KIM });
});

after(async () => {
  await browser?.close();
  stage?.end();
});

const ask = (email, comment) => stage.tell('ask', { email, hours: 4, comment });
const said = (page, text) => page.getByRole('status').getByText(text).waitFor();

test('a customer signs in, looks around, consents, ends access, and signs out', async () => {
  await ask(KIM, 'A new sensor.');
  const page = await person(browser, stage);
  const keys = keyboard(page);
  await keys.signIn(KIM, password);
  await keys.press('Tab');
  assert.equal(await keys.focused(), 'Skip to the content');
  await keys.press('Enter');
  await keys.open('Section: All sections');
  await keys.open('Energy');
  await page.waitForURL(/section=energy/);
  await page.getByText('Garage').waitFor();
  await keys.open('Consent');
  await said(page, 'You consented.');
  await keys.open('End access now');
  await said(page, 'Access has ended.');
  await keys.open('Devices');
  await page.getByRole('heading', { name: 'Devices' }).waitFor();
  await keys.open('Gate');
  await page.getByRole('heading', { name: 'Gate' }).waitFor();
  await keys.write('Name', 'Front gate');
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'Front gate' }).waitFor();
  await keys.open('More');
  await page.getByRole('heading', { name: 'More' }).waitFor();
  await keys.open('Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a customer keeps what was made for them, declines, and reads who did what', async () => {
  await stage.tell('prepare', { email: MAX, site: 'Barn' });
  const page = await person(browser, stage);
  const keys = keyboard(page);
  await keys.signIn(MAX, password);
  await page.getByRole('heading', { name: 'Bright Solar says that you are their customer' }).waitFor();
  await keys.open('Yes, and keep what they added');
  await said(page, 'Your answer is noted.');
  await ask(MAX, 'A look at the barn.');
  await page.getByText('A look at the barn.').waitFor();
  await keys.tabTo('Take no more requests from Bright Solar');
  await keys.press('Space');
  assert.equal(await page.getByLabel('Take no more requests from Bright Solar').isChecked(), true);
  await keys.press('Space');
  await keys.open('Decline');
  await said(page, 'You declined.');
  await keys.open('Who did what');
  await page.getByRole('heading', { name: 'Who did what' }).waitFor();
  await page.getByText(/declined a request/).waitFor();
  await keys.open('More');
  await page.getByRole('heading', { name: 'More' }).waitFor();
  await keys.open('Locations');
  await page.getByRole('heading', { name: 'Locations' }).waitFor();
  await keys.open('Barn');
  await page.getByRole('heading', { name: 'Barn' }).waitFor();
  await keys.open('More');
  await page.getByRole('heading', { name: 'More' }).waitFor();
  await keys.open('Sign out');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a partner adds a customer, asks, takes it back, links, reads what they did, and gives access back', async () => {
  const page = await person(browser, stage);
  const keys = keyboard(page);
  await keys.signIn(ANA, password);
  await keys.open('Customers');
  await page.getByRole('heading', { name: 'Customers of Bright Solar' }).waitFor();
  await keys.open('Add a customer');
  await page.getByRole('heading', { name: 'Add a customer' }).waitFor();
  await keys.write('Email', 'lou@example.org');
  await keys.write('Given name', 'Lou');
  await keys.write('Family name', 'Berger');
  await keys.tabTo('Language of the mail');
  await page.keyboard.type('German');
  assert.equal(await page.getByLabel('Language of the mail').inputValue(), 'de');
  await keys.open('Add a customer');
  await said(page, 'We have written to them.');
  await page.getByRole('heading', { name: 'Lou Berger' }).waitFor();

  await keys.open('Customers');
  await page.getByRole('heading', { name: 'Customers of Bright Solar' }).waitFor();
  await keys.open('Edit Kim Lee');
  await page.getByRole('heading', { name: 'Kim Lee' }).waitFor();
  const pictures = page.getByLabel('Watch live pictures and recordings');
  await keys.tabTo('Watch live pictures and recordings');
  await keys.press('Space');
  assert.equal(await pictures.isChecked(), true);
  await keys.press('Space');
  assert.equal(await pictures.isChecked(), false);
  await keys.tabTo('4 hours');
  await keys.press('ArrowUp');
  assert.equal(await page.getByLabel('1 hour', { exact: true }).isChecked(), true);
  await keys.write('Why?', 'Yearly service.');
  await keys.open('Ask');
  await said(page, 'The customer has been asked.');
  await keys.open('Take it back');
  await said(page, 'The request is taken back.');

  await keys.write('Why?', 'Yearly service, again.');
  await keys.open('Ask');
  await said(page, 'The customer has been asked.');
  const customer = await person(browser, stage);
  await signIn(customer, KIM, password);
  await customer.getByRole('article').filter({ hasText: 'again' }).getByRole('button', { name: 'Consent' }).click();
  await customer.context().close();
  await page.getByText(/^Authorized until/).waitFor({ timeout: 5000 });
  await keys.open('Link to Kim Lee');
  await page.getByText(/^Open the partner app on your phone/).waitFor();
  await keys.open('Back');
  await page.getByRole('heading', { name: 'Kim Lee' }).waitFor();
  await keys.open('What you did there');
  await page.getByRole('heading', { name: 'Who did what' }).waitFor();
  await keys.open('Customers');
  await page.getByRole('heading', { name: 'Customers of Bright Solar' }).waitFor();
  await keys.open('Edit Kim Lee');
  await page.getByRole('heading', { name: 'Kim Lee' }).waitFor();
  await keys.open('Give access back');
  await said(page, 'Access has ended.');
  await page.getByText('No authorization').waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
