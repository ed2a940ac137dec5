// Walks the portal as each person who is named, in both languages and at two widths, and holds
// every kind of page against axe-core:
//   node axe.mjs http://127.0.0.1:8000 admin@binome.example lea@volcans.example …
// The portal must run in local mode, where the codes that people sign in with are in /outbox.
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { chromium } from 'playwright-core'

const LANGUAGES = ['fr', 'en']
const WIDTHS = [390, 1280]
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const DOORS = ['/', '/catalogue', '/ask', '/volunteer', '/sign-in', '/thanks']
const NOT_PAGES = /^\/(language|outbox|assets)\/|\.(csv|ics|json|css)$|^\/agreements\/[^/]+\/proof/
const ID = /[0-9a-f]{8}-[0-9a-f-]{27}/g
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome']

const [portal, ...people] = process.argv.slice(2)
if (!portal) {
  console.error('say which portal: node axe.mjs http://127.0.0.1:8000 [address@of.somebody …]')
  process.exit(2)
}
const executablePath = BROWSERS.find((path) => path && existsSync(path))
if (!executablePath) {
  console.error('no Chromium here; mend: install it (Debian: chromium), or CHROMIUM=/path/to/it')
  process.exit(2)
}

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const found = []
const loaded = new Set()
let checks = 0
for (const person of ['', ...people]) await walk(person)
await browser.close()

for (const each of found) console.log(JSON.stringify(each))
console.log(
  `${loaded.size} pages of ${people.length + 1} people × ${LANGUAGES.length} languages ` +
    `× ${WIDTHS.length} widths: ${checks} checks, ${found.length} violations`
)
process.exit(found.length ? 1 : 0)

async function walk(person) {
  const context = await browser.newContext({ bypassCSP: true, locale: 'fr-FR' })
  const page = await context.newPage()
  if (person) await signIn(page, person)
  const kinds = new Map()
  const left = [...DOORS]
  while (left.length) {
    const path = left.shift()
    const kind = path.replace(ID, ':id')
    // One page of a kind stands for all of them.
    if (kinds.has(kind)) continue
    kinds.set(kind, path)
    left.push(...(await inspect(page, person, path, kind)))
  }
  await context.close()
}

async function inspect(page, person, path, kind) {
  let links = []
  for (const language of LANGUAGES) {
    await page.setViewportSize({ width: WIDTHS[0], height: 844 })
    await page.goto(`${portal}/language/${language}?next=${encodeURIComponent(path)}`)
    loaded.add(`${person} ${kind}`)
    await page.evaluate(axe.source)
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)))
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 844 })
      await judge(page, { person, kind, path, language, width })
    }
    links = await page.$$eval('a[href]', (all) => all.map((each) => each.href))
  }
  return links
    .map((each) => new URL(each))
    .filter((each) => each.origin === portal && !NOT_PAGES.test(each.pathname))
    .map((each) => each.pathname)
}

async function judge(page, where) {
  checks += 1
  const said = await page.evaluate((tags) => window.axe.run({ runOnly: tags }), TAGS)
  for (const { id, help, nodes } of said.violations) {
    found.push({ ...where, id, help, nodes: nodes.slice(0, 3).map((each) => each.html.slice(0, 200)) })
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  if (wide > where.width) found.push({ ...where, id: 'scrolls-sideways', help: `${wide} px wide` })
}

async function signIn(page, email) {
  await page.goto(`${portal}/sign-in`)
  await page.fill('input[name=email]', email)
  await page.click('main button')
  await page.fill('input[name=code]', await codeFor(page, email))
  await page.click('form[action="/sign-in/code"] button')
  await page.waitForSelector('form[action="/sign-out"]')
}

async function codeFor(page, email) {
  for (let tries = 0; tries < 60; tries += 1) {
    const outbox = await read(page, '/outbox')
    for (const mail of outbox.match(/\/outbox\/[0-9a-f-]{36}(?=">)/g) ?? []) {
      const shown = await read(page, mail)
      const code = shown.includes(email) && shown.match(/^\s*(\d{6})\s*$/m)
      if (code) return code[1]
    }
    await page.waitForTimeout(300)
  }
  throw new Error(`no code came for ${email}`)
}

async function read(page, path) {
  return (await page.request.get(portal + path)).text()
}
