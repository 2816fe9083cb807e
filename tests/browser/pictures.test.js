// Every page and every state of it, for everybody's eyes: wide and on a phone, by day and by night, in both languages.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PHONE, checkAccess, checkWidth, givenStage, person, showAll, signIn, writeIndex } from './browser.js';

const KIM = 'kim@example.org';
const MAX = 'max@example.org';
const ANA = 'ana@bright.example';
const given = givenStage(async (stage) => {
  const home = await stage.tell('home', { email: KIM });
  await stage.tell('account', { email: MAX });
  await stage.tell('partner', { company: 'Bright Solar', email: ANA });
  await stage.tell('customer', { email: KIM });
  await stage.tell('prepare', { email: MAX, site: 'Barn' });
  await stage.tell('add', { email: 'lou@example.org', given_name: 'Lou', family_name: 'Berger' });
  return home;
});

after(writeIndex);

const ask = (comment, hours = 4) => given.stage.tell('ask', { email: KIM, hours, comment });

async function customerPage(page) {
  await page.goto('/customers');
  return page.getByRole('link', { name: /Kim Lee/ }).first().getAttribute('href');
}

test('browser that speaks German is spoken to in German', async () => {
  const page = await person(given, { locale: 'de-AT' });
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Anmelden' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await checkAccess(page, 'the sign-in in German');
  await page.context().close();
});

test('every page is for everybody: wide, on a phone, by day and by night', async () => {
  await ask('The panel needs an update. I will be there on Tuesday, and restart it.', 24);
  const page = await person(given);
  await showAll(page, '/sign-in', 'sign-in');
  await showAll(page, '/h', 'open-app');
  await showAll(page, '/p', 'open-partner-app');
  await signIn(page, KIM, given.password);
  const device = await page.getByRole('link', { name: /Gate/ }).getAttribute('href');
  await page.goto('/sites');
  const site = await page.getByRole('link', { name: /Lake house/ }).getAttribute('href');
  for (const [path, name] of [
    ['/', 'home'],
    ['/devices', 'devices'],
    [device, 'device'],
    [`${device}/release`, 'device-release'],
    ['/sites', 'sites'],
    ['/sites/new', 'site-new'],
    [site, 'site'],
    ['/access', 'access'],
    ['/history', 'history'],
    ['/settings', 'settings'],
    ['/nowhere', 'problem'],
  ]) {
    await showAll(page, path, name);
  }
  await page.context().close();
  const installer = await person(given);
  await signIn(installer, ANA, given.password);
  await installer.goto('/customers');
  const customer = await installer.getByRole('link', { name: 'Edit Kim Lee' }).getAttribute('href');
  for (const [path, name] of [
    ['/customers', 'customers'],
    ['/customers/new', 'customer-new'],
    [customer, 'customer'],
    [`${customer}/link`, 'customer-link'],
  ]) {
    await showAll(installer, path, name);
  }
  await installer.context().close();
});

test('offer is for everybody: with what was added to keep or to let go, and without', async () => {
  await given.stage.tell('account', { email: 'lou@example.org' });
  for (const [email, button, name] of [
    [MAX, 'Yes, but without what they added', 'offer-with-additions'],
    ['lou@example.org', 'Yes, I am', 'offer'],
  ]) {
    const page = await person(given);
    await signIn(page, email, given.password);
    await showAll(page, '/access', name, () => page.getByRole('button', { name: button }).waitFor());
    await page.context().close();
  }
});

test('form that is refused is for everybody, and says at which field', async () => {
  const page = await person(given);
  await signIn(page, ANA, given.password);
  const customer = await customerPage(page);
  const send = async (complaint) => {
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(complaint).waitFor();
  };
  await showAll(page, customer, 'customer-refused-place', async () => {
    // What was chosen is there no more.
    await page.locator('#place option').first().evaluate((option) => { option.value = 'device:01890a5d-ac96-774b-bcce-b302099a8057'; });
    await send('Choose what is in the list.');
    const place = page.locator('#place');
    assert.equal(await place.getAttribute('aria-invalid'), 'true');
    assert.equal(await place.getAttribute('aria-describedby'), 'place-complaint');
    await page.locator('#place-complaint').waitFor();
  });
  await showAll(page, customer, 'customer-refused-days', async () => {
    await page.getByLabel('Days', { exact: true }).check();
    await page.getByLabel(/number of days/).fill('31');
    await send('Choose 1 hour to 30 days.');
  });
  const add = async (email, given, complaint) => {
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Given name').fill(given);
    await page.getByLabel('Family name').fill('Lee');
    await page.getByRole('button', { name: 'Add a customer' }).click();
    await page.getByText(complaint).waitFor();
  };
  await showAll(page, '/customers/new', 'customer-new-refused-name', async () => {
    await add('new@example.org', ' ', 'Use 1 to 64 visible characters.');
    assert.equal(await page.locator('#given_name').getAttribute('aria-describedby'), 'given_name-complaint');
  });
  await showAll(page, '/customers/new', 'customer-new-refused-known', () =>
    add(KIM, 'Kim', 'This address is among your customers already.'));
  await page.context().close();
});

test('whoever comes too often is told until when, for everybody', async () => {
  const page = await person(given);
  const tryToSignIn = async () => {
    await page.locator('#email').fill('nobody@example.org');
    await page.locator('#password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
  };
  for (let i = 0; i < 5; i += 1) {
    await page.goto('/sign-in');
    await tryToSignIn();
  }
  await showAll(page, '/sign-in', 'sign-in-too-often', async () => {
    await tryToSignIn();
    await page.getByText(/^Too many tries. Try again after/).waitFor();
  });
  await signIn(page, ANA, given.password);
  const customer = await customerPage(page);
  // Three wait at most, those of the tests before among them.
  for (const comment of ['One.', 'Two.', 'Three.']) await ask(comment).catch(() => {});
  await showAll(page, customer, 'customer-too-often', async () => {
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText(/^You have asked them for enough/).waitFor();
  });
  await page.context().close();
});

test('in German every page fits a phone', async () => {
  const viewport = { ...PHONE, width: 320 };
  for (const email of [KIM, ANA, MAX]) await given.stage.tell('speak_german', { email });
  const kim = await person(given, { locale: 'de-AT', viewport });
  const look = async (page, path) => {
    await page.goto(path);
    assert.equal(await page.locator('html').getAttribute('lang'), 'de', path);
    await checkAccess(page, `${path} in German`);
    await checkWidth(page, `${path} in German`);
  };
  for (const path of ['/sign-in', '/h', '/p']) await look(kim, path);
  await signIn(kim, KIM, given.password, 'Start');
  const device = await kim.locator('a[href^="/devices/"]').first().getAttribute('href');
  await kim.goto('/sites');
  const site = await kim.getByRole('link', { name: /Lake house/ }).getAttribute('href');
  for (const path of ['/', '/devices', device, `${device}/release`, '/sites', '/sites/new', site, '/access', '/history', '/settings', '/nowhere']) {
    await look(kim, path);
  }
  await kim.context().close();
  const max = await person(given, { locale: 'de-AT', viewport });
  await signIn(max, MAX, given.password, 'Start');
  await max.getByRole('button', { name: 'Ja, und behalten, was hinzugefügt wurde' }).waitFor();
  await look(max, '/access');
  await max.context().close();
  const ana = await person(given, { locale: 'de-AT', viewport });
  await signIn(ana, ANA, given.password, 'Start');
  const customer = await customerPage(ana);
  for (const path of ['/customers', '/customers/new', customer, '/access', '/history']) await look(ana, path);
  await ana.context().close();
});
