# Tells the rules of this machine's firewall: all that beffroi needs root for here. It takes no argument and changes
# nothing. Steps: `beffroi explain network`.
tell() {
	command -v "$1" >/dev/null 2>&1 || return 0
	echo "== $1"
	{ said=$("$@" 2>&1 >&3 3>&-); code=$?; } 3>&1
	[ "$code" = 0 ] || printf '\n== failed %s %s\n' "$code" "$(printf '%s' "$said" | head -c 2000 | tr '\n' ' ')"
}
echo "beffroi-firewall 1"
tell nft -j list ruleset
tell iptables-save
tell ip6tables-save
for family in ip ip6; do
	grep -qs '^filter$' "/proc/net/${family}_tables_names" || continue
	echo "== legacy-$family"
	tell "${family}tables-legacy-save"
done
echo "== end"
