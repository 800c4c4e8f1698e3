#!/bin/sh
# beffroi-store: lists and hashes the files of backups, for an account that knows no password.
# It only reads, writes nowhere, and says of a file at most its name, size, dates, room, number and SHA-256.
#
# As the one command of a key, in authorized_keys:  restrict,command="/usr/local/bin/beffroi-store /srv/restic",from="AGENT" ssh-ed25519 …
# Then every folder at or below /srv/restic is answered for, and no link leads out of it: one is followed where it
# ends below a folder of that line, and never within a repository. By hand:  beffroi-store list - /srv/restic/files
#
#   list DIGEST PATH   every file of a restic repository; where the list still has this SHA-256: `same`
#   hash PATH          reads names on standard input, hashes those files, says which are not what their name says
#   tree DIGEST PATH   every file of a folder, but for names that begin with a dot; `same` as above
#   whole DIGEST PATH  as tree, with those names
#   sums PATH          reads names on standard input, says the SHA-256 of each
#
# An answer without its last line, `end`, proves nothing.
set -fu
LC_ALL=C
# Without it find asks the system for its time zone twice a file, four fifths of a long list's time; what it prints is UTC.
TZ=UTC0
export LC_ALL TZ
unset CDPATH
newline='
'

# Raised with every change for which an installed copy has to be laid anew; the agent compares it with its own.
VERSION=6
greet() { printf 'beffroi-store 1\nversion %s\n' "$VERSION"; }
refuse() {
    greet
    printf 'refused %s\n' "$*"
    exit 2
}
has() { command -v "$1" >/dev/null 2>&1; }

# Seconds for everything that is asked at once, which is more than the agent waits for it: what takes longer, such as
# a file without end, is left, also where the agent has gone.
PATIENCE=3600
# The same for sums: an image of some terabytes is one file.
LONG=86400
limited=
! timeout 1 true 2>/dev/null || limited="timeout $PATIENCE"

# The folder's own place, links resolved, and a dot: a line break at the end of the name would be lost otherwise.
place() { (cd -P -- "$1" && pwd -P && echo .) 2>/dev/null; }

inside() { # FOLDER: whether it lies at or below a folder that is allowed, links resolved
    real=$(place "$1") || return 1
    real=${real%?.} rest=$roots
    while [ -n "$rest" ]; do
        root=${rest%%"$newline"*} rest=${rest#*"$newline"}
        case $real in "$root" | "${root%/}"/*) return 0 ;; esac
    done
    return 1
}

case ${1-} in
/*) # a forced command: what is asked for stands behind the agent's own framing, of which only the mark is answered
    said=${SSH_ORIGINAL_COMMAND-}
    [ ${#said} -le 8192 ] || refuse "too long" # cutting a long one takes a shell minutes
    asked=${said##* beffroi-store beffroi-store }
    [ "$asked" != "$said" ] || refuse "this key only lists and hashes files"
    mark=${said%" beffroi-store beffroi-store $asked"}
    mark=${mark##* }
    case $mark in '' | *[!0-9a-f]*) refuse "not asked by beffroi" ;; esac
    printf '\n%s %s 1\n' "$mark" $$
    printf '\n%s\n' "$mark" >&2
    case $asked in
    'list '*' '* | 'tree '*' '* | 'whole '*' '*)
        verb=${asked%% *} path=${asked#* }
        known=${path%% *}
        path=${path#* }
        ;;
    'hash '* | 'sums '*) verb=${asked%% *} known=- path=${asked#* } ;;
    *) refuse "this key only lists and hashes files" ;;
    esac
    case $path in \'*\') path=${path#?} path=${path%?} ;; esac
    case $path in *\'* | */../* | */..) refuse "no path that is allowed" ;; esac
    allowed=none roots= follow=
    for root; do
        case $path in "$root" | "${root%/}"/*) allowed=${root%/} ;; esac
        real=$(place "$root") || continue
        case ${real%?.} in *"$newline"*) ;; *) roots=$roots${real%?.}$newline ;; esac
    done
    [ "$allowed" != none ] || refuse "no path that is allowed"
    # Of what a link leads out to not even the absence is told: the last part of the path that is there has to lie inside.
    there=${path%/}
    until [ "$there" = "$allowed" ] || [ -L "$there" ] || (cd -P -- "$there") 2>/dev/null; do there=${there%/*}; done
    [ "$there" = "$allowed" ] || inside "$there" || refuse "no path that is allowed"
    ;;
list | tree | whole) verb=$1 known=${2-} path=${3-} follow=/ ;;
hash | sums) verb=$1 known=- path=${2-} follow=/ ;;
*) refuse "say list, tree or whole DIGEST PATH, or hash or sums PATH" ;;
esac
case $known in
-) ;;
*[!0-9a-f]*) refuse "no digest" ;;
*) [ ${#known} = 64 ] || refuse "no digest" ;;
esac

[ -e "$path" ] || refuse "absent"
cd -P -- "$path" 2>/dev/null || refuse "denied"
[ -n "$follow" ] || inside . || refuse "no path that is allowed"

if has sha256sum; then
    sum=sha256sum
elif has openssl; then
    sum='openssl dgst -sha256 -r'
elif has busybox && busybox sha256sum /dev/null >/dev/null 2>&1; then
    sum='busybox sha256sum'
elif has python3; then
    sum=python3
else
    refuse "tool-missing sha256sum, openssl, busybox or python3"
fi
PYTHON='
import hashlib, sys
for name in sys.argv[1:]:
    try:
        digest = hashlib.sha256()
        with open(name, "rb", 0) as file:
            while part := file.read(1 << 20):
                digest.update(part)
        print(digest.hexdigest(), name, flush=True)
    except OSError as error:
        print(f"{name}: {error.strerror}", file=sys.stderr)
'
digest() { # of files, or of standard input
    if [ "$sum" = python3 ]; then
        $limited python3 -I -c "$PYTHON" "${@:-/dev/stdin}"
    else
        $limited $sum "$@"
    fi
}

# Whether standard input, opened by this name, is the regular file that has the name: a link may have taken its place.
is_file() { # NAME
    opened=$(stat -L -c '%d %i %f' /dev/stdin) && [ "$opened" = "$(stat -c '%d %i %f' -- "$1")" ] && [ -f /dev/stdin ]
}

files() { # f SIZE DATE NAME, but for names that would not stay on one line; a link is no file, to restic neither
    set --
    [ ! -f config ] || set -- config
    for folder in data index keys snapshots; do
        [ ! -d "$folder" ] || set -- "$@" "$folder$follow"
    done
    [ $# -gt 0 ] || { echo "x 0"; return; }
    set -- "$@" -maxdepth 2 ! -path "*$newline*" -type f
    if find . -maxdepth 0 -printf '' 2>/dev/null; then
        $limited find "$@" -printf 'f %s %Ts %p\n'
    else
        $limited find "$@" -exec stat -c 'f %s %Y %n' {} +
    fi
    echo "x $?"
}

room() { # NAME FREE ALL, as df -P tells it in its second line
    df "-P$2" . 2>/dev/null | {
        read -r line && read -r line || return
        set -- "$1" $line
        printf '%s %s %s\n' "$1" "${5-}" "${3-}"
    }
}

list() {
    has find && has awk || refuse "tool-missing find or awk"
    greet
    printf 'tool %s\n' "${sum%% *}"
    room bytes k
    room inodes i
    if [ -f config ] && [ ! -L config ]; then
        said=$({ is_file config && digest; } 2>/dev/null <config) && printf 'config %s\n' "${said%% *}"
    elif [ -e config ] || [ -L config ]; then
        echo "e config: no regular file"
    fi
    for folder in data index keys snapshots locks; do
        [ -n "$follow" ] || [ ! -L "$folder" ] || echo "e $folder: a link, which this key does not follow"
    done
    if [ -d "locks$follow" ]; then
        [ -r locks ] || echo "e locks: Permission denied"
        $limited find "locks$follow" -type f -exec stat -c 'lock %Y' {} + 2>/dev/null
    fi
    if [ "$known" != - ]; then
        said=$(files 2>/dev/null | digest)
        if [ "${said%% *}" = "$known" ]; then
            printf 'same\nend 0 0 0 %s\n' "$(date +%s)"
            return
        fi
    fi
    files 2>&1 | awk -v now="$(date +%s)" '
        /^f / { files++; bytes += $2; print; next }
        /^x [01]$/ { whole = 1; print; next }
        { errors++; print "e", $0 }
        END { if (whole) printf "end %d %.0f %d %s\n", files, bytes, errors, now }'
}

# Hundredths of a second since a moment of its own; whole seconds where the system has no /proc.
instant() {
    if read -r now _ 2>/dev/null </proc/uptime; then echo "${now%.*}${now#*.}"; else echo "$(date +%s)00"; fi
}

# Runs xargs on the lines of $names: one process on the first line, then so many lines at a time, and says `x STATUS`.
# A second process is worth it while the first one computes. Where they wait, as for a disk that rotates, two of them
# would send its heads to and fro, and one goes on alone: what a round computed in its time decides for the next one.
rounds() { # LINES ARGUMENT-OF-XARGS...
    most=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
    [ "$most" -le 2 ] || most=2
    xargs -P 1 true </dev/null 2>/dev/null || most=1
    gently=
    ! nice -n 19 true 2>/dev/null || gently='nice -n 19'
    ! ionice -c 3 true 2>/dev/null || gently="$gently ionice -c 3"
    lines=$1 from=1 to=1 processes=1 status=0
    count=$(printf '%s\n' "$names" | awk 'END { print NR }')
    shift
    while [ "$from" -le "$count" ]; do
        parallel=
        [ "$processes" = 1 ] || parallel="-P $processes"
        began=$(instant)
        {
            said=$(
                printf '%s\n' "$names" | awk -v from="$from" -v to="$to" 'NR >= from && NR <= to' |
                    case $1 in -0) tr '\n' '\0' ;; *) awk 1 ;; esac | $gently xargs $parallel "$@" >&5
                echo "$?"
                times
            )
        } 5>&1
        case ${said%%"$newline"*} in 0) ;; 123) status=123 ;; *) status=${said%%"$newline"*} && break ;; esac
        processes=$(printf '%s\n' "$said" | awk -v wall=$(($(instant) - began)) -v now="$processes" -v most="$most" '
            { used = $0 }
            END { split(used, t, /[ms ]+/); print 200 * (60 * (t[1] + t[3]) + t[2] + t[4]) < wall * now ? 1 : most }')
        from=$((to + 1)) to=$((to + lines))
    done
    echo "x $status"
}

# Hashes one group of names, those that are regular files; what else has such a name is told as unread. 255 ends xargs.
GROUP='
set -f
IFS=,
for name in $1; do
    folder=${name%/*}
    if [ -L "$name" ] || { [ -e "$name" ] && [ ! -f "$name" ]; } ||
        { [ -z "$follow" ] && { [ -L "$folder" ] || [ -L "${folder%/*}" ]; }; }; then
        echo "$name: no regular file" >&2
    else
        set -- "$@" "$name"
    fi
done
unset IFS
shift
[ $# -gt 0 ] || exit 0
left=$((ends - $(date +%s)))
[ "$left" -gt 0 ] || exit 255
[ "$sum" != python3 ] || set -- -I -c "$PYTHON" "$@"
exec ${limited:+timeout $left} $sum "$@"
'

hash() {
    has xargs && has awk || refuse "tool-missing xargs or awk"
    # What one process says of 16 files fits into one write, so that two do not mix their lines. Towards the end they get
    # fewer, so that none is still busy with many while the other has nothing left to do. The last two, the largest,
    # come first.
    names=$(awk '
        /^(data\/[0-9a-f]+|index|keys|snapshots)\/[0-9a-f]+$/ { name[count++] = $0 }
        END {
            if (count > 4) {
                print name[count - 2] "," name[count - 1]
                count -= 2
            }
            for (at = 0; at < count; at += size) {
                size = int((count - at + 1) / 2)
                size = size > 16 ? 16 : size < 2 ? 2 : size
                group = name[at]
                for (more = 1; more < size && at + more < count; more++) group = group "," name[at + more]
                print group
            }
        }')
    greet
    printf 'tool %s\n' "${sum%% *}"
    # Without a name, xargs would have standard input hashed.
    [ -n "$names" ] || { echo "end 0 0 0"; return; }
    ends=$(($(date +%s) + PATIENCE))
    export sum PYTHON follow limited ends
    {
        {
            rounds 8 -n 1 sh -c "$GROUP" sh 2>&3 | awk '
                $1 == "x" { whole = ($2 == 0 || $2 == 123); next }
                { name = $2; sub(/^\*/, "", name); last = name; sub(/.*\//, "", last) }
                $1 == last { good++; next }
                { bad++; print "bad", name; fflush() }
                END { if (whole) print "hashed", good + 0, bad + 0 }' >&4
        } 3>&1 | awk '{
            why = /ermission denied/ ? "denied" : /o such file/ ? "gone" : "unreadable"
            if (match($0, /(data\/[0-9a-f]+|index|keys|snapshots)\/[0-9a-f]+/))
                { print "unread", why, substr($0, RSTART, RLENGTH); fflush() }
        }' >&4
    } 4>&1 | awk '
        $1 == "hashed" { whole = 1; good = $2; bad = $3; next }
        $1 == "unread" { unread++ }
        { print; fflush() }
        END { if (whole) print "end", good, bad, unread + 0 }'
}

# f SIZE WRITTEN CHANGED NUMBER BLOCKS NAME for each file of the folder, o for each name with a line break.
entries() {
    set -- . -name "*$newline*" -exec echo o ';' -prune -o
    [ "$verb" = whole ] || set -- "$@" -name '.?*' -prune -o
    set -- "$@" -type f
    if find . -maxdepth 0 -printf '' 2>/dev/null; then
        $limited find "$@" -printf 'f %s %Ts %Cs %i %b %P\n'
    else
        $limited find "$@" -exec stat -c 'f %s %Y %Z %i %b %n' {} +
    fi
    echo "x $?"
}

tree() {
    has find && has awk || refuse "tool-missing find or awk"
    greet
    printf 'tool %s\n' "${sum%% *}"
    room bytes k
    room inodes i
    if [ "$known" != - ]; then
        said=$(entries 2>/dev/null | digest)
        if [ "${said%% *}" = "$known" ]; then
            printf 'same\nend 0 0 %s\n' "$(date +%s)"
            return
        fi
    fi
    # What find complains of is kept apart until its end: it would break into the lines of what it found.
    {
        wrong=$({
            entries | awk '
                /^f / { files++; bytes += $2 }
                /^x [01]$/ { whole = 1 }
                { print }
                END { printf "n %d %.0f %d\n", files, bytes, whole }' >&3
        } 2>&1 | awk 'NR <= 50 { print "e", substr($0, 1, 1000) } END { print "c", NR }')
    } 3>&1
    printf '%s\nend %s\n' "$wrong" "$(date +%s)"
}

# Says the SHA-256 of the names that it is given, those that are regular files and reached by no link; what else has
# such a name is told as unread. 255 ends xargs.
SUMS='
count=$#
while [ "$count" -gt 0 ]; do
    name=$1 rest=$1 at= wrong=
    shift
    count=$((count - 1))
    case /$name/ in //* | */../* | */./*) wrong=1 ;; esac
    while [ -z "$wrong" ] && [ "$rest" != "${rest#*/}" ]; do
        at=$at${rest%%/*} rest=${rest#*/}
        [ ! -L "$at" ] || wrong=1
        at=$at/
    done
    if [ -n "$wrong" ] || [ -L "$name" ]; then
        printf "unread unreadable %s\n" "$name"
    elif [ ! -f "$name" ]; then
        if [ -e "$name" ]; then printf "unread unreadable %s\n" "$name"; else printf "unread gone %s\n" "$name"; fi
    elif [ ! -r "$name" ]; then
        printf "unread denied %s\n" "$name"
    else
        set -- "$@" "./$name"
    fi
done
[ $# -gt 0 ] || exit 0
left=$((ends - $(date +%s)))
[ "$left" -gt 0 ] || exit 255
[ "$sum" != python3 ] || set -- -I -c "$PYTHON" "$@"
exec ${limited:+timeout $left} $sum "$@"
'

sums() {
    has xargs && has awk && has tr || refuse "tool-missing xargs, awk or tr"
    printf 'a\0' | xargs -0 true 2>/dev/null || refuse "tool-missing xargs -0"
    greet
    printf 'tool %s\n' "${sum%% *}"
    PATIENCE=$LONG
    # What one process says fits into one write, so that two do not mix their lines. Of few files each has a process of
    # its own, so that none is still busy with several large ones while the other has nothing left to do.
    names=$(cat)
    [ -n "$names" ] || { echo "end 0"; return; }
    number=$(printf '%s\n' "$names" | awk 'END { print NR }')
    set -- 16 -0 -s 2500 -n 1
    [ "$number" -le 400 ] || set -- $((number / 20)) -0 -s 2500 -n 8
    ends=$(($(date +%s) + PATIENCE))
    export sum PYTHON SUMS limited ends
    rounds "$@" sh -c 'eval "$SUMS"' sh 2>/dev/null | awk '
        /^x [0-9]+$/ { whole = ($2 == 0 || $2 == 123); next }
        { lines++; print; fflush() }
        END { if (whole) print "end", lines + 0 }'
}

case $verb in # never the word itself: it would be a command
list) list ;;
hash) hash ;;
tree | whole) tree ;;
sums) sums ;;
esac
