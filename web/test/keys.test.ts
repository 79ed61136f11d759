import { describe, expect, it } from 'vitest'
import { choiceIndex, sends, typedChoice } from '../chat/src/lib/keys'
import type { KeyLike } from '../chat/src/lib/keys'

const key = (name: string, more: Partial<KeyLike> = {}): KeyLike => ({ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, isComposing: false, ...more })

describe('Enter', () => {
  it('sends', () => expect(sends(key('Enter'))).toBe(true))
  it('breaks the line with Shift', () => expect(sends(key('Enter', { shiftKey: true }))).toBe(false))
  it('belongs to the pinyin keyboard while it composes', () => expect(sends(key('Enter', { isComposing: true }))).toBe(false))
  it('belongs to it in Safari too, which says 229', () => expect(sends(key('Enter', { keyCode: 229 }))).toBe(false))
})

describe('digits', () => {
  it('pick a button with Alt from inside the box', () => expect(choiceIndex(key('2', { altKey: true }), true)).toBe(1))
  it('are digits inside the box', () => expect(choiceIndex(key('2'), true)).toBeNull())
  it('pick a button outside of it', () => expect(choiceIndex(key('3'), false)).toBe(2))
  it('leave the browser its own shortcuts', () => expect(choiceIndex(key('1', { ctrlKey: true }), false)).toBeNull())
  it.each([
    ['2', 3, 'choice', 1],
    ['２', 3, 'yesno', 1],
    [' 1 ', 2, 'confirm', 0],
    ['4', 3, 'choice', null],
    ['2', 3, 'people', null],
    ['3', 3, 'amount', null],
    ['3万', 3, 'choice', null],
    ['', 3, 'choice', null],
  ])('%s of %i buttons asked for %s', (text, count, kind, wanted) => expect(typedChoice(text, count, kind)).toBe(wanted))
})
