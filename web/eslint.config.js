import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const browser = Object.fromEntries(['window', 'document', 'location', 'navigator', 'console', 'crypto', 'setTimeout', 'clearTimeout', 'fetch', 'URL'].map((n) => [n, 'readonly']))
const node = Object.fromEntries(['process', 'console', 'Buffer', 'URL', 'setTimeout'].map((n) => [n, 'readonly']))

export default tseslint.config(
  { ignores: ['dist/**', '**/node_modules/**'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser }, globals: browser },
    rules: {
      'no-undef': 'off', // the type checker knows better
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/no-v-html': 'error', // residents' words are text, never markup
      'vue/require-default-prop': 'off',
      'no-eval': 'error',
    },
  },
  { files: ['dev/**/*.mjs', '*.js'], languageOptions: { globals: node } },
)
