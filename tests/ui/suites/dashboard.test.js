import assert from 'node:assert/strict';
import { after, before, beforeEach, afterEach, describe, test } from 'node:test';
import { axeFindings, openPage, startBrowser, until } from '../support/browser.js';
import { demo, startDemo } from '../support/gateway.js';
import { load } from '../support/load.js';

let browser;
before(async () => (browser = await startBrowser()));
after(() => browser.close());

/** The big number of a tile. */
const tile = async (page, name) => page.locator('.tile', { hasText: name }).locator('.value').first().innerText();
const count = async (page, name) => Number((await page.locator('.tile', { hasText: name }).innerText()).match(/([\d,]+) since/)[1].replaceAll(',', ''));

async function assertClean(page, complaints) {
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(complaints, []);
}

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

describe('a gateway nobody has called', () => {
  let gateway, view;
  beforeEach(async () => {
    gateway = await startDemo();
    view = await openPage(browser, gateway.url);
  });
  afterEach(async () => {
    await view.close();
    await gateway.stop();
  });

  test('is found from the root and says what to send', async () => {
    const { page, complaints } = view;
    assert.equal(new URL(page.url()).pathname, '/ui/');
    assert.equal(await page.title(), 'Sluice');
    await page.getByText('No request has come yet').waitFor();
    const call = await page.getByRole('region', { name: 'A call to try' }).innerText();
    assert.ok(call.includes(`${gateway.url}/v1/chat/completions`), call);
    assert.equal(await tile(page, 'Errors'), '–');
    await assertClean(page, complaints);
  });

  test('shows the first request when it comes', async () => {
    await gateway.ask('mock/echo', 'one two three');
    await view.page.getByRole('region', { name: 'Recent requests', exact: true }).getByText('mock/echo').waitFor();
  });

  test('shows who was tried for a request', async () => {
    const { page } = view;
    assert.equal(await gateway.ask('mock/echo', 'one'), 200);
    assert.equal(await gateway.ask('auto', 'two'), 200);
    await page.getByRole('button', { name: 'More than one attempt' }).click();
    const row = page.getByRole('region', { name: 'Recent requests', exact: true }).getByRole('row').filter({ hasText: 'mock/echo' });
    await row.getByRole('button').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.expand').count(), 1, 'the other had one attempt only');
    const attempts = await page.getByRole('list', { name: 'Attempts' }).getByRole('listitem').allInnerTexts();
    assert.equal(attempts.length, 4);
    for (const attempt of attempts.slice(0, 3)) assert.match(attempt, /mock_failing\/fail-503[^]*upstream overloaded\s+503/);
    assert.match(attempts[0], /tried again/);
    assert.match(attempts[2], /on to the next/);
    assert.match(attempts[3], /mock\/echo[^]*ok\s+200/);
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Attempts' }).waitFor({ state: 'detached' });
  });

  test('says so when the gateway is gone, and goes on when it is back', async () => {
    const { page } = view;
    await page.route('**/api/overview', (route) => route.abort());
    await page.getByText('The gateway does not answer').waitFor();
    await page.unroute('**/api/overview');
    await page.getByText('The gateway does not answer').waitFor({ state: 'detached' });
  });
});

describe('a gateway under load', () => {
  let gateway, stop, running;
  before(async () => {
    gateway = await startDemo(demo);
    stop = new AbortController();
    running = load(gateway, 25, stop.signal);
    for (let i = 0; i < 4; i++) await gateway.ask('auto', 'open the breaker');
  });
  after(async () => {
    stop.abort();
    await running;
    await gateway.stop();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`is shown without fault, ${colorScheme}`, async () => {
      const { page, complaints, close } = await openPage(browser, `${gateway.url}/ui/`, { colorScheme });
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(background, colorScheme === 'dark' ? 'rgb(14, 19, 24)' : 'rgb(245, 247, 249)');
      await page.locator('.expand').first().click();
      await page.getByRole('list', { name: 'Attempts' }).waitFor();
      await assertClean(page, complaints);
      assert.ok(await fits(page), 'nothing sticks out at 1280');
      await page.setViewportSize({ width: 390, height: 844 });
      assert.ok(await fits(page), 'nor at 390');
      await assertClean(page, complaints);
      await close();
    });
  }

  test('has numbers that move and charts that say what they show', async () => {
    const { page, close } = await openPage(browser, `${gateway.url}/ui/`);
    await page.locator('.tile').first().waitFor();
    const before = await count(page, 'Requests');
    await until(async () => (await count(page, 'Requests')) > before + 20, 'more requests');
    await until(async () => Number.parseFloat(await tile(page, 'Requests')) > 5, 'a rate');
    for (const name of ['Latency p95', 'First token p95']) assert.match(await tile(page, name), /\d m?s/);
    assert.match(await page.locator('.tile', { hasText: 'Tokens' }).innerText(), /\$\d/);
    const labels = await page.locator('canvas[role=img]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    assert.equal(labels.length, 3);
    assert.match(labels[0], /^Requests: all \d/);
    assert.match(labels[1], /^Latency: p99 .* p50 /);
    // Something is drawn, in more than one colour.
    const colours = await page.locator('canvas').first().evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
    assert.ok(colours > 8, `${colours} colours`);
    await close();
  });

  test('draws its lines by the gateway\'s clock, not by the browser\'s', async () => {
    const { page, close } = await openPage(browser, 'about:blank');
    await page.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() - 3_600_000;
    });
    await page.goto(`${gateway.url}/ui/`);
    const drawn = () => page.locator('canvas').first().evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const blue = (at) => data[at + 2] - data[at] > 60 && data[at + 3] > 200;
      let found = 0;
      for (let at = 0; at < data.length; at += 4) found += blue(at);
      return found;
    });
    await page.locator('canvas').first().waitFor();
    await until(async () => (await drawn()) > 20, 'a line');
    await close();
  });

  test('has the charts as tables too', async () => {
    const { page, complaints, close } = await openPage(browser, `${gateway.url}/ui/`);
    await page.getByRole('button', { name: 'Table' }).first().click();
    const table = page.getByRole('region', { name: 'Requests, as a table' });
    await until(async () => (await table.locator('tbody tr').count()) > 2, 'rows');
    assert.match(await table.locator('tbody tr').first().innerText(), /^\d\d:\d\d:\d\d\s+[\d.]+\/s/);
    await assertClean(page, complaints);
    await close();
  });

  test('shows the failing target open, in words and in red', async () => {
    const { page, close } = await openPage(browser, `${gateway.url}/ui/`);
    const row = page.getByRole('region', { name: 'Targets', exact: true }).getByRole('row', { name: 'mock_failing/fail-503' });
    const badge = row.locator('.badge');
    await until(async () => (await badge.innerText()).startsWith('open'), 'an open breaker');
    assert.match(await badge.getAttribute('class'), /bad/);
    assert.equal(await badge.evaluate((one) => getComputedStyle(one).color), 'rgb(179, 38, 30)');
    assert.match(await row.innerText(), /upstream overloaded/);
    assert.match(await row.innerText(), /100 %/);
    await close();
  });

  test('keeps still while it is paused', async () => {
    const { page, close } = await openPage(browser, `${gateway.url}/ui/`);
    await page.getByRole('button', { name: 'Pause' }).click();
    const before = await count(page, 'Requests');
    await page.waitForTimeout(2500);
    assert.equal(await count(page, 'Requests'), before);
    await page.getByRole('button', { name: 'Pause' }).click();
    await until(async () => (await count(page, 'Requests')) > before, 'more requests');
    await close();
  });

  test('remembers the theme that was chosen', async () => {
    const { page, close } = await openPage(browser, `${gateway.url}/ui/`, { colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByRole('button', { name: /^Colours: as the system/ }).click();
    await page.getByRole('button', { name: /^Colours: light/ }).click();
    assert.equal(await background(), 'rgb(14, 19, 24)');
    await page.reload();
    assert.equal(await background(), 'rgb(14, 19, 24)');
    await close();
  });
});
