import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { axeFindings, openPage, startBrowser, until } from '../support/browser.js';
import { startDemo } from '../support/gateway.js';

let browser, gateway, view, page;
before(async () => {
  browser = await startBrowser();
  // No test is to find a breaker open that another has opened.
  gateway = await startDemo({ providers: { mock: { type: 'mock', default_model: 'echo', breaker: { enabled: false } } } });
});
after(async () => {
  await browser.close();
  await gateway.stop();
});
beforeEach(async () => {
  view = await openPage(browser, `${gateway.url}/ui/#playground`, { permissions: ['clipboard-read', 'clipboard-write'] });
  page = view.page;
});
afterEach(() => view.close());

async function send(model, text) {
  const select = page.getByLabel('Model or route');
  await until(() => select.evaluate((one, wanted) => [...one.options].some(({ value }) => value === wanted), model), `the model ${model}`);
  await select.selectOption(model);
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}
const answer = () => page.locator('.answer').last();
const state = () => page.locator('.result .card-head .badge').innerText();
const happened = () => page.locator('.result').innerText();

test('an answer is seen to grow', async () => {
  await send('mock/slow', 'one two three four five six seven eight nine ten eleven twelve');
  const lengths = new Set();
  await until(async () => {
    lengths.add((await answer().innerText()).length);
    return (await state()) === 'done';
  }, 'the end');
  assert.ok(lengths.size >= 5, `seen at the lengths ${[...lengths]}`);
  assert.equal(await answer().innerText(), 'one two three four five six seven eight nine ten eleven twelve');
  assert.match(await happened(), /mock\/slow[^]*12 → 12/);
  assert.deepEqual(await axeFindings(page), []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(view.complaints, []);
});

test('the attempts of a route stand beside its answer', async () => {
  await send('auto', 'hello');
  await until(async () => (await state()) === 'done', 'the end');
  assert.equal(await answer().innerText(), 'hello');
  const attempts = await page.locator('.result').getByRole('listitem').allInnerTexts();
  assert.ok(attempts.length >= 2, attempts.join());
  assert.match(attempts[0], /mock_failing\/fail-503/);
  assert.match(attempts.at(-1), /mock\/echo[^]*ok/);
});

test('what was said before is part of the next call', async () => {
  await send('mock/echo', 'first');
  await until(async () => (await state()) === 'done', 'the end');
  const [request] = await Promise.all([page.waitForRequest('**/v1/chat/completions'), send('mock/echo', 'second')]);
  assert.deepEqual(request.postDataJSON().messages, [
    { role: 'user', content: 'first' }, { role: 'assistant', content: 'first' }, { role: 'user', content: 'second' }]);
});

test('a stream can be stopped', async () => {
  await send('mock/slow', 'word '.repeat(200));
  await until(async () => (await answer().innerText()).length > 10, 'a few words');
  await page.getByRole('button', { name: 'Stop' }).click();
  await until(async () => (await state()) === 'stopped', 'the stop');
  const length = (await answer().innerText()).length;
  await page.waitForTimeout(300);
  assert.equal((await answer().innerText()).length, length);
  assert.deepEqual(view.complaints, []);
});

test('an error says what it is and who was asked', async () => {
  await send('mock/fail-500', 'hello');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /upstream error/);
  assert.equal(await state(), 'failed');
  assert.match(await happened(), /mock\/fail-500[^]*500/);
  assert.deepEqual(await axeFindings(page), []);
});

test('a stream that dies keeps its text and says so', async () => {
  await send('mock/die', 'one two three four');
  await page.getByRole('alert').waitFor();
  assert.match(await answer().innerText(), /^one two/);
  assert.match(await page.getByRole('alert').innerText(), /stream interrupted/);
});

test('the same call can be copied as curl and runs', async () => {
  await page.getByLabel('Model or route').selectOption('auto');
  await page.getByLabel('Message', { exact: true }).fill("it's");
  await page.locator('.beside').getByRole('button', { name: 'Copy' }).click();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  const { execFileSync } = await import('node:child_process');
  const out = execFileSync('sh', ['-c', `${text} -s`], { encoding: 'utf8' });
  assert.match(out, /"content":"it's"/);
});

test('nothing is offered to be copied where the browser has no clipboard', async () => {
  const elsewhere = await startBrowser(['--host-resolver-rules=MAP gateway.test 127.0.0.1']);
  const { page, complaints } = await openPage(elsewhere, `${gateway.url.replace('127.0.0.1', 'gateway.test')}/ui/#playground`);
  await page.getByRole('region', { name: 'The same call as curl' }).waitFor();
  assert.equal(await page.evaluate(() => typeof navigator.clipboard), 'undefined');
  assert.equal(await page.getByRole('button', { name: 'Copy' }).count(), 0);
  assert.deepEqual(complaints, []);
  await elsewhere.close();
});

test('the dashboard is drawn once it is turned to', async () => {
  await page.getByRole('link', { name: 'Dashboard' }).click();
  await until(async () => (await page.locator('canvas').first().boundingBox())?.width > 200, 'a chart as wide as its card');
});

test('Ctrl and Enter send', async () => {
  await page.getByLabel('Message', { exact: true }).fill('hello');
  await page.keyboard.press('Control+Enter');
  await until(async () => (await state()) === 'done', 'the end');
});
