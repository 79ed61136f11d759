import { describe, expect, it } from 'vitest'
import { MAX_BYTES, refusal, sizeText } from '../chat/src/lib/uploads'

describe('files, before they are sent', () => {
  it.each(['合同.pdf', '照片.JPG', '录音.m4a', 'IMG_1.heic'])('%s may go', (name) => expect(refusal({ name, size: 2048 })).toBeNull())
  it('says which kinds work', () => expect(refusal({ name: '程序.exe', size: 10 })).toBe('“程序.exe”的格式传不了，请传照片、PDF、Word、录音或 MP4 视频。'))
  it('says how large it is', () => expect(refusal({ name: '视频.mp4', size: MAX_BYTES + 1024 * 1024 })).toBe('“视频.mp4”有 11.0 MB，超过了 10 MB。可以拍小一点，或分几次传。'))
  it('notices an empty file', () => expect(refusal({ name: '空.png', size: 0 })).toContain('是空的'))
  it('has no extension to trust', () => expect(refusal({ name: 'pdf', size: 10 })).toContain('格式传不了'))
  it('speaks of sizes people know', () => expect([sizeText(300), sizeText(150_000), sizeText(2_500_000)]).toEqual(['1 KB', '146 KB', '2.4 MB']))
})
