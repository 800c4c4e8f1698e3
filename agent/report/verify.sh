#!/bin/sh
# Vérifie ce dossier de preuves avec « openssl » et « sha256sum » seuls : sh verify.sh [RAPPORT.html RAPPORT.pdf...]
# Les documents du rapport placés à côté du dossier sont vérifiés de même. Code de retour : 0 tout se tient, 1 non.
# Les fichiers sont décrits dans docs/evidence.md de beffroi. Empreintes des arbres, RFC 6962 : d'une feuille, l'octet 0
# et son texte ; d'un nœud, l'octet 1 et les deux empreintes qu'il réunit. N'écrit que dans un dossier temporaire.
set -u
LC_ALL=C; export LC_ALL
from=$(pwd); wrong=0; work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT; trap 'exit 1' HUP INT TERM
cd -- "$(dirname -- "$0")" || exit 1
[ "$(awk 'BEGIN {printf "%c%c", 0, 200}' | od -An -tx1 | tr -d ' ')" = 00c8 ] || { echo "Il faut un autre awk."; exit 1; }
# Un programme qui échoue n'a rien vérifié : tout s'arrête. (De grep, 1 dit seulement qu'il n'a rien trouvé.)
exec 3>&1; stop() { echo "« $1 » a échoué : rien n'est démontré." >&3; kill -TERM $$; }
for one in awk cat cut find od sed sha256sum sort tail tr uniq wc; do eval "$one() { command $one \"\$@\" || stop $one; }"; done
grep() { command grep "$@"; set -- $?; [ "$1" -lt 2 ] || stop grep; return "$1"; }
say() { if [ "$1" = 0 ]; then echo "exact : $2"; else echo "FAUX : $2"; wrong=1; fi; }
same() { cmp -s "$work/$1" "$work/$2"; say $? "$3"; }
none() { [ -f "$work/$1" ] && [ ! -s "$work/$1" ]; say $? "$2"; }
limits() { # les jours dont le détenteur de la clé a pu signer deux versions : ceux qui n'ont pas de place par bénéficiaire
    { each days; each earlier; each before; } | sort -u | awk -v q="$(about first_day)" -v l="$(about last_day)" -v B="$work/bits" '
        BEGIN {while ((getline s <B) > 0) {split(s, p, " "); if (p[2] > 0) k[p[1]] = 1}}
        {d = substr($1, index($1, "-") + 1); m = (d >= q && d <= l); n += m; if (!($1 in k)) {o += m; e += !m}}
        END {if (o + e) printf "À savoir : %d des %d jours signés du trimestre, et %d autres, sont de forme ancienne :\n%s\n",
            o, n, e, "le détenteur de la clé a pu signer deux versions de chacun."}'
}
finish() { if [ $wrong = 0 ]; then echo "Tout se tient."; else echo "Tout ne se tient pas."; fi; exit $wrong; }
# signed FICHIER SIGNATURE [CLÉ]
signed() { openssl pkeyutl -verify -pubin -inkey "${3:-signing-key.pub.pem}" -rawin -in "$1" -sigfile "$2" >/dev/null 2>&1; }
mark() { m=$(openssl pkey -pubin -in "$1" -outform DER | openssl dgst -sha256 -binary | openssl base64); echo "SHA256:${m%=}"; }
about() { sed -n "s/^$1: //p" about.txt; }
each() { for file in $1/*.txt; do [ ! -f "$file" ] || echo "${file#*/}" | sed 's/[.]txt$//'; done; }
proof() { sed -n "s/^$1 //p" "$work/proofs" | sort; }
field() { sed -n "s/^\([^ ]*\) .*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1 \2/p"; }
# with FICHIER : à chaque ligne, ce que le fichier dit du même premier mot ; sums : « NOM EMPREINTE » de chaque fichier.
with() {
    awk -v F="$work/$1" 'BEGIN {while ((getline s <F) > 0) {n = s; sub(/ .*/, "", n); sub(/^[^ ]* /, "", s); v[n] = s}}
        $1 in v {print $0, v[$1]}'
}
sums() { (cd "$work/f" && find . -type f -exec sha256sum {} +) | awk '{print substr($2, 3), $1}' | sort; }
# contents N : de lignes dont le contenu suit N mots, l'empreinte du contenu.
contents() {
    rm -rf "$work/f"; mkdir "$work/f"
    awk -v N="$1" -v D="$work/f/" '{f = D $1; for (i = 0; i < N; i++) sub(/^[^ ]* /, ""); printf "%s", $0 >f; close(f)}'
    sums
}
# leaves, nodes : de lignes « NOM TEXTE » ou « NOM GAUCHE DROITE », l'empreinte de chaque feuille ou nœud.
leaves() {
    rm -rf "$work/f"; mkdir "$work/f"
    awk -v D="$work/f/" '{f = D $1; sub(/^[^ ]* /, ""); printf "%c%s", 0, $0 >f; close(f)}'; sums
}
nodes() {
    rm -rf "$work/f"; mkdir "$work/f"
    awk -v D="$work/f/" 'BEGIN {for (i = 0; i < 256; i++) o[sprintf("%02x", i)] = i}
        {f = D $1; h = $2 $3; printf "%c", 1 >f; for (i = 1; i < 128; i += 8) printf "%c%c%c%c", o[substr(h, i, 2)],
            o[substr(h, i + 2, 2)], o[substr(h, i + 4, 2)], o[substr(h, i + 6, 2)] >f; close(f)}'; sums
}
# climb : de lignes « NOM EMPREINTE PLACE TAILLE PREUVE... », la racine à laquelle chaque preuve mène.
climb() {
    awk '{$4 -= 1; print}' >"$work/c"; : >"$work/found"
    while [ -s "$work/c" ]; do
        : >"$work/j"; : >"$work/n"; : >"$work/roots"
        awk '$4 == 0 || NF < 5 {print $1, ($4 == 0 && NF == 4 ? $2 : "aucune") >R; next}
            {h = $2; p = $3; l = $4; left = (p % 2 || p == l)
             while (left && p % 2 == 0 && p > 0) {p = int(p / 2); l = int(l / 2)}
             print $1, (left ? $5 " " h : h " " $5) >J; s = $1 " " int(p / 2) " " int(l / 2)
             for (i = 6; i <= NF; i++) s = s " " $i; print s >N}' R="$work/roots" J="$work/j" N="$work/n" "$work/c"
        cat "$work/roots" >>"$work/found"; nodes <"$work/j" | with n >"$work/c"
    done
    sort "$work/found"
}
# climbs FEUILLES PREUVES : la racine à laquelle mène chaque feuille de proofs.txt.
climbs() { proof "$2" >"$work/places"; proof "$1" | leaves | with places | climb; }

# 1. L'inventaire est signé, chaque fichier est celui de l'inventaire, et il n'y en a pas d'autre.
signed MANIFEST MANIFEST.sig; say $? "signature de l'inventaire"
grep -v '^# ' MANIFEST >"$work/listed"; sed -n 's/^# //p' MANIFEST >"$work/documents"
command sha256sum -c "$work/listed" >"$work/b" 2>/dev/null; say $? "fichiers de l'inventaire"
sed -n 's/^\(.*\): FAILED.*/FAUX : fichier \1, autre que celui de l'"'"'inventaire, ou absent/p' "$work/b"
{ echo MANIFEST; echo MANIFEST.sig; cut -c67- "$work/listed" "$work/documents"; } >"$work/a"
find . ! -type d | cut -c3- | grep -v -x -F -f "$work/a" >"$work/b"; none b "aucun fichier ajouté"
# Rien de ce que le dossier nomme n'est écrit hors du dossier temporaire : chaque ligne a sa forme, ou l'on s'arrête.
{ [ ! -d days ] || cat days/*.txt; cat tail.txt; } >"$work/texts"
grep -v -E '^[0-9]+ [0-9TZ:.-]+ ([a-z-]+ [{].*|(entry|seen) erased:[0-9a-f]{64})$' "$work/texts" >"$work/b"
{ cat proofs.txt; [ ! -f before.txt ] || cat before.txt; } >"$work/proofs"
grep -v -E '^((own|day|leaf|log) [0-9]+-[0-9]{4}-[0-9]{2}-[0-9]{2}|checkpoint) [^ ]' "$work/proofs" >>"$work/b"
each before | while read -r name; do sed "s/^/$name./" "before/$name.txt"; done >"$work/before"
grep -v -E '^[0-9]+-[0-9-]{10}[.][0-9]+ [0-9TZ:.-]+ [a-z-]+ [0-9a-f]{64}$' "$work/before" >>"$work/b"
grep -E '^[^ ]+ [^ ]+ (load|entry|erased) ' "$work/before" >>"$work/b"
[ ! -f payloads.txt ] || grep -v -E '^[0-9]+ ' payloads.txt >>"$work/b"
none b "forme de chaque ligne"
[ $wrong = 0 ] || finish
echo "Clé $(mark signing-key.pub.pem) : à comparer à celle que vous avez reçue par une autre voie."
# De la dernière clé à la première : celle d'avant (keys/N.pub.pem) désigne la suivante, qui contresigne.
changes=0; while [ -f "keys/$((changes + 1)).txt" ]; do changes=$((changes + 1)); done
i=$changes; next=signing-key.pub.pem
while [ $i -gt 0 ]; do
    one=keys/$i; printf 'from %s\nto %s\n' "$(mark "$one.pub.pem")" "$(mark "$next")" >"$work/a"; sed -n 3,4p "$one.txt" >"$work/b"
    signed "$one.txt" "$one.sig" "$one.pub.pem" && signed "$one.txt" "$one-new.sig" "$next" && cmp -s "$work/a" "$work/b"
    say $? "changement de clé : $(mark "$one.pub.pem") a désigné la suivante"; next=$one.pub.pem; i=$((i - 1))
done
echo "Bénéficiaire et trimestre : $(about beneficiary | tr -cd '[:alnum:]._-'), $(about quarter | tr -cd '[:alnum:]-')"

# 2. Les documents du rapport sont ceux que l'inventaire nomme.
document() {
    name=$(sed -n "s/^$(sha256sum <"$1" | cut -c-64)  //p" "$work/documents")
    [ -n "$name" ]; say $? "document ${name:-$1}"; echo "$name" >>"$work/seen"
    own=${1##*/}; [ "$name" = "$own" ] || ! grep -q -x -F -e "$own" "$work/named" || say 1 "$own : un autre document"
}
echo >"$work/seen"; cut -c67- "$work/documents" >"$work/named"
for file in "$@"; do case $file in /*) document "$file" ;; *) document "$from/$file" ;; esac; done
# Et, quoi que l'on nomme, ceux qui sont dans le dossier ou à côté :
while read -r name; do for file in "../$name" "$name"; do [ ! -f "$file" ] || document "$file"; done; done <"$work/named"
grep -v -x -F -f "$work/seen" "$work/named" | sed 's/^/non vu : document /'

# 3. Les journées d'avant le journal : chacune est celle de son empreinte, l'empreinte est signée, les contenus suivent.
if [ -f HEADS ]; then
    command sha256sum -c HEADS >/dev/null 2>&1; say $? "journées d'avant le journal"
    for head in heads/*.txt; do
        for key in signing-key.pub.pem keys/*.pub.pem; do signed "$head" "${head%.txt}.sig" "$key" && continue 2; done
        say 1 "signature de $head"
    done
    cat heads/*.txt | cut -d ' ' -f 5 >"$work/a"; cut -c-64 HEADS >"$work/b"; same a b "empreintes signées de ces journées"
    contents 1 <payloads.txt >"$work/sums"
    cat earlier/*.txt | awk -v w="$(about beneficiary)" 'NF == 6 && $5 == w {print $2, $6}' | sort >"$work/a"
    with sums <"$work/a" | awk -v e="$(printf erased | sha256sum | cut -c-64)" '{print $1, $3 == e ? $2 : $3}' >"$work/b"
    same a b "contenus des lignes de ces journées"
fi

# 4. Le point de contrôle du journal est signé.
[ -s proofs.txt ] || { echo "Aucune journée du journal n'est encore signée."; limits; finish; }
sed '/^$/,$d' checkpoint.txt | cmp -s - checkpoint-text.txt; say $? "texte du point de contrôle"
size=$(sed -n 2p checkpoint-text.txt); i=$changes; key=signing-key.pub.pem # la clé de son temps
while [ $i -gt 0 ]; do
    [ "$(sed -n 's/^checkpoint \([0-9]*\) .*/\1/p' keys/$i.txt)" -lt "$size" ] || key=keys/$i.pub.pem; i=$((i - 1))
done
signed checkpoint-text.txt checkpoint.sig "$key"; say $? "signature du point de contrôle"
root=$(sed -n 3p checkpoint-text.txt | openssl base64 -d | od -An -v -tx1 | tr -d ' \n')

# 5. De chaque ligne, l'empreinte du contenu, puis celle de la feuille ; des feuilles d'un jour, la racine de son arbre.
each days | while read -r name; do sed "s/^/$name./" "days/$name.txt"; done >"$work/rows"
{ grep -v '^[^ ]* [^ ]* [^ ]* erased:' "$work/rows" | contents 3
  sed -n 's/^\([^ ]*\) [^ ]* [^ ]* erased:/\1 /p' "$work/rows"; } >"$work/sums"
grep '^[^ ]* [^ ]* erased {' "$work/texts" >"$work/a"
sed -n 's/^.* erased:\([0-9a-f]*\)$/\1/p' "$work/rows" tail.txt | while read -r gone; do
    grep -q "$gone" "$work/a" || echo "$gone"; done >"$work/b"; none b "une ligne d'effacement pour chaque contenu effacé"
# Des autres jours d'avant le trimestre, les empreintes seules : aucun n'a de chargement, d'inscription, d'effacement.
cat "$work/before" >>"$work/rows"; cut -d ' ' -f 1,4 "$work/before" >>"$work/sums"
cut -d ' ' -f -3 "$work/rows" | with sums | awk '{split($1, n, "."); printf \
    "%s {\"instant\":\"%s\",\"kind\":\"%s\",\"payload\":\"%s\",\"row\":%s}\n", $1, $2, $3, $4, n[2]}' | leaves | tr . ' ' |
    sort -k1,1 -k2,2n >"$work/level"
while :; do # deux voisines donnent leur nœud ; la dernière d'un nombre impair monte telle quelle
    : >"$work/j"; : >"$work/alone"
    awk '{d[NR] = $1; h[NR] = $3} END {for (i = 1; i <= NR; i++) {n = (d[i] == d[i - 1] ? n + 1 : 0); if (n % 2) continue
        if (d[i + 1] == d[i]) print d[i] "." n / 2, h[i], h[i + 1] >J; else print d[i], n / 2, h[i] >A}}' \
        J="$work/j" A="$work/alone" "$work/level"
    [ -s "$work/j" ] || break
    { nodes <"$work/j" | tr . ' '; cat "$work/alone"; } | sort -k1,1 -k2,2n >"$work/level"
done
cut -d . -f 1 "$work/rows" | uniq -c | awk '{print $2, $1}' | sort >"$work/a"
proof own | field rows | awk '$2 > 0' >"$work/b"; same a b "nombre de lignes de chaque jour"
cut -d ' ' -f 1,3 "$work/level" | sort >"$work/sums"
proof own | field root | with a | cut -d ' ' -f 1,2 >"$work/b"; same sums b "lignes de chaque jour : contenu, ordre, aucune de trop"

# 6. De la racine du jour au journal : chaque feuille est à sa place, jusqu'au point de contrôle signé.
{ each days; each before; } | sort >"$work/a"
for kind in own day leaf log; do proof $kind | cut -d ' ' -f 1 >"$work/b"; same a b "une ligne « $kind » pour chaque jour"; done
climbs own day >"$work/a"; proof leaf | field root >"$work/b"; same a b "place de chaque jour du bénéficiaire dans l'arbre du jour"
climbs leaf log >"$work/a"; proof leaf | awk -v r="$root" '{print $1, r}' >"$work/b"; same a b "place de chaque jour dans le journal"
# Le bénéficiaire n'a qu'une place par jour, quel que soit le détenteur de la clé : les premiers bits de l'empreinte de son nom.
h=$(about beneficiary | tr -d '\n' | sha256sum | cut -c-13); proof day | cut -d ' ' -f -3 >"$work/places"
proof leaf | field bits | with places | cut -d ' ' -f 1,3- >"$work/a"
proof leaf | field bits | awk -v h="$h" 'BEGIN {for (i = 1; i < 14; i++) v = 16 * v + index("0123456789abcdef", substr(h, i, 1)) - 1}
    {s = 1; for (i = 0; i < $2; i++) s *= 2; d = 1; for (i = $2; i < 52; i++) d *= 2
     if ($2 < 24 || $2 > 52) print; else printf "%s %.0f %.0f\n", $1, int(v / d), s}' >"$work/b"
same a b "place de chaque jour, celle qui revient au bénéficiaire"
proof log | awk -v s="$size" '$3 != s {print} $2 == s - 1 {last = 1} END {if (!last) print "fin"}' >"$work/a"
none a "taille du journal, et son dernier jour"
proof own | field beneficiary | awk -v w="$(about beneficiary)" '$2 != w' >"$work/a"; none a "bénéficiaire de chaque jour"

# 7. Du trimestre, aucun jour signé ne manque ; depuis la première ligne du bénéficiaire, aucune ligne ne manque.
for what in first rows; do proof own | field $what >"$work/$what"; done; proof leaf | field day >"$work/day"
proof log | cut -d ' ' -f -2 >"$work/log"; proof leaf | sed 's/ {"day"/ {"bits":0,"day"/' | field bits >"$work/bits"
proof leaf | field number | with day | with first | with rows | with log | with bits | sort -k2,2n >"$work/a"
awk -v q="$(about first_day)" -v c="$(proof leaf | wc -l)" 'BEGIN {r = 1} $1 != sprintf("%05d-%s", $2, $3) || $4 != r ||
    ($3 >= q && $4 != 1 && $2 != n + 1) || $6 >= $2 || (NR > 1 && $6 - $2 != d) || (b && !$7) {print}
    {n = $2; r = $4 + $5; d = $6 - $2; b = $7} END {if (NR != c) print "jours"}' "$work/a" >"$work/b"
awk -v r="$(tail -n 1 "$work/a" | awk '{print $4 + $5}')" '$1 != r++' tail.txt >>"$work/b"
none b "suite des jours et des lignes"
limits
finish
