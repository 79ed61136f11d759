#!/usr/bin/env bash
# Browser tests need Debian's Chromium and a Chinese font. CI installs them; elsewhere a missing browser is said plainly.
set -euo pipefail
if [ -x /usr/bin/chromium ] && fc-list 2>/dev/null | grep -qi cjk; then exit 0; fi
if [ "${CI:-}" = "true" ]; then
  echo "installing Chromium and Chinese fonts for the browser tests …"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
else
  echo "没有找到 Chromium：浏览器测试会跳过。Debian/Ubuntu 上装好再跑: apt-get install chromium fonts-noto-cjk"
fi
