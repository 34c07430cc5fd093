// Takes the pictures of docs/images: the page under load, in both themes.
//   node pictures.js [FOLDER [SECONDS]]      default ../../docs/images, after 300 seconds of load

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openPage, startBrowser } from './support/browser.js';
import { demo, startDemo } from './support/gateway.js';
import { load } from './support/load.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const [folder = resolve(here, '../../docs/images'), seconds = '300'] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const gateway = await startDemo(demo);
const stop = new AbortController();
const running = load(gateway, 14, stop.signal);
const browser = await startBrowser();
try {
  await sleep(Number(seconds) * 1000);
  for (const colorScheme of ['light', 'dark']) {
    const dashboard = await openPage(browser, `${gateway.url}/ui/`, { colorScheme, viewport: { width: 1280, height: 1130 } });
    await dashboard.page.getByRole('button', { name: 'More than one attempt' }).click();
    await dashboard.page.locator('.expand').first().click();
    await dashboard.page.evaluate(() => window.scrollTo(0, 0));
    await dashboard.page.mouse.move(0, 0);
    await sleep(3000);
    await dashboard.page.screenshot({ path: `${folder}/ui-${colorScheme}.png` });
    if (process.env.ALL) {
      await dashboard.page.screenshot({ path: `${folder}/full-${colorScheme}.png`, fullPage: true });
      await dashboard.page.setViewportSize({ width: 390, height: 844 });
      await sleep(500);
      await dashboard.page.screenshot({ path: `${folder}/narrow-${colorScheme}.png`, fullPage: true });
      const playground = await openPage(browser, `${gateway.url}/ui/#playground`, { colorScheme });
      await playground.page.getByRole('button', { name: 'Send' }).click();
      await sleep(1500);
      await playground.page.screenshot({ path: `${folder}/playground-${colorScheme}.png` });
      await playground.page.setViewportSize({ width: 390, height: 844 });
      await playground.page.screenshot({ path: `${folder}/playground-narrow-${colorScheme}.png`, fullPage: true });
    }
    await dashboard.close();
  }
} finally {
  stop.abort();
  await browser.close();
  await running;
  await gateway.stop();
}
