#!/bin/sh
# Tells which programs run code that an update has replaced, and what needrestart says: all that beffroi needs root for.
# It takes no argument, reads /proc alone, writes nothing and restarts nothing. Lines: `beffroi explain patches`.
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
proc=${1:-/proc}
maps=$(grep -a -E '^[0-9a-f-]+ ..x. .* /(usr/(lib|bin|sbin|libexec)|lib|lib32|lib64|bin|sbin)/.* \(deleted\)$' \
	"$proc"/[0-9]*/maps 2>&1 | head -c 1048576)
echo "beffroi-root 1"
printf '%s\n' "$maps"
echo "== details"
readlink "$proc/self/ns/pid"
for pid in $(printf '%s\n' "$maps" | sed -n '/(deleted)$/s|.*/\([0-9]*\)/maps:.*|\1|p' | sort -un | head -n 500); do
	printf 'process %s %s ' "$pid" "$(readlink "$proc/$pid/ns/pid")"
	tr -d '\000-\037' <"$proc/$pid/comm"
	echo
done 2>/dev/null
printf '%s\n' "$maps" | sed -n 's|^[^ ]* [^ ]* [^ ]* [^ ]* [^ ]* *\(/.*\) (deleted)$|\1|p' | sort -u | head -n 500 |
	while IFS= read -r file; do stat -c 'file %Z %n' -- "$file" 2>/dev/null; done
echo "== needrestart"
if [ "$proc" = /proc ] && command -v needrestart >/dev/null 2>&1; then
	needrestart -b -r l 2>/dev/null </dev/null | head -c 262144
fi
echo "== end"
