// The page at /docs, which has no script: what it shows is there at once.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { axeFindings, openPage, startBrowser } from '../support/browser.js';
import { startDemo } from '../support/gateway.js';

let browser, gateway;
before(async () => {
  browser = await startBrowser();
  gateway = await startDemo();
});
after(async () => {
  await browser.close();
  await gateway.stop();
});

const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

describe('the description as a page', () => {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1280, 390]) {
      test(`is in order, ${colorScheme}, ${width} wide`, async () => {
        const { page, complaints, close } = await openPage(browser, `${gateway.url}/docs`, { colorScheme, viewport: { width, height: 900 } });
        await page.evaluate(() => document.querySelectorAll('details').forEach((one) => (one.open = true)));
        assert.deepEqual(await axeFindings(page), []);
        assert.deepEqual(await page.evaluate(() => window.violations), []);
        assert.deepEqual(complaints, []);
        assert.ok(await fits(page), 'nothing is cut off');
        await close();
      });
    }
  }

  test('can be read without scripts', async () => {
    const { page, close } = await openPage(browser, `${gateway.url}/docs`, { javaScriptEnabled: false });
    await page.getByRole('navigation').getByRole('link', { name: '/v1/chat/completions' }).click();
    assert.equal(new URL(page.url()).hash, '#createChatCompletion');
    const chat = page.locator('#createChatCompletion');
    await chat.getByText('Fields').first().click();
    assert.match(await chat.getByRole('row', { name: /temperature/ }).innerText(), /number or null, 0 to 2/);
    await close();
  });
});
