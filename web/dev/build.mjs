/** Build both pages side by side; fails when either does. Types are checked by `npm run lint`. */
import { spawn } from 'node:child_process'

function run(name, args) {
  return new Promise((resolve, reject) => {
    const started = Date.now()
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    child.stdout.on('data', (d) => (out += d))
    child.stderr.on('data', (d) => (out += d))
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1)
      if (code === 0) {
        console.log(`${name}: ${seconds} s`)
        resolve()
      } else {
        console.error(`${name} failed after ${seconds} s\n${out}`)
        reject(new Error(name))
      }
    })
  })
}

const vite = 'node_modules/vite/bin/vite.js'
process.chdir(new URL('..', import.meta.url).pathname)
try {
  await Promise.all([run('chat', [vite, 'build', 'chat']), run('console', [vite, 'build', 'console'])])
} catch {
  process.exit(1)
}
