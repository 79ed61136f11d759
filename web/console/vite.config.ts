import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const backend = process.env.JIEFEN_DEV_BACKEND ?? 'http://127.0.0.1:8380'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [vue()],
  build: { outDir: '../dist/console', emptyOutDir: true, target: 'es2022', modulePreload: false, assetsInlineLimit: 0, chunkSizeWarningLimit: 900 },
  server: { port: 5174, proxy: { '/api': { target: backend, ws: true } } },
})
