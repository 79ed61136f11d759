import { createApp } from 'vue'
import App from './App.vue'
import { applyTextSize, loadTextSize } from './lib/preferences'
import './styles/tokens.css'
import './styles/base.css'
import './styles/print.css'

applyTextSize(loadTextSize())
createApp(App).mount('#app')
