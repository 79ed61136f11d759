import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const backend = process.env.JIEFEN_DEV_BACKEND ?? 'http://127.0.0.1:8380'

// Phones of older residents: Safari 14 / Chrome 87 (2020). Nothing inline, so that a strict CSP holds.
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [vue()],
  build: { outDir: '../dist/chat', emptyOutDir: true, target: ['es2020', 'safari14', 'chrome87'], modulePreload: false, assetsInlineLimit: 0 },
  server: { port: 5173, proxy: { '/api': { target: backend, ws: true } } },
})
