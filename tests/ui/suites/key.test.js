import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { axeFindings, openPage, startBrowser, until } from '../support/browser.js';
import { startDemo } from '../support/gateway.js';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const bearer = (key) => ({ authorization: `Bearer ${key}` });

let browser, gateway, view, page;
before(async () => {
  browser = await startBrowser();
  gateway = await startDemo({
    auth: {
      keys: [
        { name: 'ann', sha256: sha256('sk-ann'), tenant: 'acme' },
        { name: 'olga', sha256: sha256('sk-olga'), tenant: 'staff', operator: true },
      ],
    },
  });
  assert.equal(await gateway.ask('mock/echo', 'one', bearer('sk-ann')), 200);
  assert.equal(await gateway.ask('mock/slow', 'one', bearer('sk-olga')), 200);
});
after(async () => {
  await browser.close();
  await gateway.stop();
});
beforeEach(async () => {
  view = await openPage(browser, `${gateway.url}/ui/`);
  page = view.page;
});
afterEach(() => view.close());

async function enter(key) {
  await page.getByLabel('Gateway key').fill(key);
  await page.getByRole('button', { name: 'Show me' }).click();
}
const recent = () => page.getByRole('region', { name: 'Recent requests', exact: true }).locator('tbody').innerText();

test('nothing is shown without a key, and a wrong one is said to be', async () => {
  await page.getByLabel('Gateway key').waitFor();
  assert.equal(await page.locator('.tile').count(), 0);
  assert.deepEqual(await axeFindings(page), []);
  await enter('sk-wrong');
  await page.getByText('does not know that key').waitFor();
  assert.equal(await page.locator('.tile').count(), 0);
});

test('a key shows its tenant\'s requests and serves the playground', async () => {
  await enter('sk-ann');
  await page.locator('.tile').first().waitFor();
  assert.match(await recent(), /mock\/echo/);
  assert.doesNotMatch(await recent(), /mock\/slow/);
  await page.getByRole('link', { name: 'Playground' }).first().click();
  await page.getByRole('button', { name: 'Send' }).click();
  await until(async () => (await page.locator('.result .card-head .badge').innerText()) === 'done', 'an answer');
  assert.doesNotMatch(await page.locator('pre').last().innerText(), /sk-ann/, 'the copied call names a variable instead');
});

test('an operator sees everybody', async () => {
  await enter('sk-olga');
  await page.locator('.tile').first().waitFor();
  assert.match(await recent(), /mock\/echo/);
  assert.match(await recent(), /mock\/slow/);
  assert.match(await recent(), /acme/);
});

test('the key is kept for the tab only, until it is forgotten', async () => {
  await enter('sk-ann');
  await page.locator('.tile').first().waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('sk-ann')), false);
  await page.reload();
  await page.locator('.tile').first().waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('button', { name: 'Forget key' }).click();
  await page.getByLabel('Gateway key').waitFor();
  assert.equal(await page.evaluate(() => JSON.stringify(sessionStorage).includes('sk-ann')), false);
});
