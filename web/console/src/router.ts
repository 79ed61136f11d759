import { createRouter, createWebHistory } from 'vue-router'
import { restore, session, whenLost } from './lib/session'

export const router = createRouter({
  history: createWebHistory('/console/'),
  routes: [
    { path: '/', redirect: '/cases' },
    { path: '/login', name: 'login', component: () => import('./views/LoginView.vue'), meta: { title: '登录', open: true } },
    { path: '/cases', name: 'cases', component: () => import('./views/CasesView.vue'), meta: { title: '案件' } },
    { path: '/cases/:number', name: 'case', component: () => import('./views/CaseView.vue'), props: true, meta: { title: '案件详情' } },
    { path: '/desk', name: 'desk', component: () => import('./views/DeskView.vue'), meta: { title: '待接应' } },
    { path: '/chats/:id', name: 'chat', component: () => import('./views/ChatView.vue'), props: true, meta: { title: '对话' } },
    { path: '/:rest(.*)', redirect: '/cases' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

router.beforeEach(async (to) => {
  await restore()
  if (session.user === null && to.meta.open !== true) return { name: 'login', query: { next: to.fullPath } }
  if (session.user !== null && to.name === 'login') return { name: 'cases' }
  return true
})

router.afterEach((to) => {
  document.title = `${typeof to.meta.title === 'string' ? to.meta.title : ''} · 解纷工作台`
})

whenLost(() => void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath } }))
