import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Filled by the server, anew for each answer: the one nonce that lets Mantine's style elements in. */
const STYLE_NONCE = '__SEAWORTHY_STYLE_NONCE__'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  html: { cspNonce: STYLE_NONCE },
  build: { target: 'baseline-widely-available', assetsInlineLimit: 0, sourcemap: false, reportCompressedSize: false },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
