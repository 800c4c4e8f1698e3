# Says what some files are at the moment, where there is no python3: see live_files_program.py, whose lines these are.
# Arguments: for each file its type (file, symlink), its size, its date (seconds, a point, microseconds; -: any) and its path.
# Reads, and writes nowhere. What it cannot tell, attributes and holes, is `-`.
set -fu
LC_ALL=C
export LC_ALL
has() { command -v "$1" >/dev/null 2>&1; }

if has sha256sum; then
    sum=sha256sum
elif has openssl; then
    sum='openssl dgst -sha256 -r'
elif has busybox && busybox sha256sum /dev/null >/dev/null 2>&1; then
    sum='busybox sha256sum'
else
    exit 127
fi
dated=%.6Y
case $(stat -c "$dated" / 2>/dev/null) in
*[!0-9.]* | '') dated=%Y ;; # busybox tells whole seconds only
*.*) ;;
*) dated=%Y ;;
esac

why() { # the word for what a program or the shell says of a file, by its end: the name before it may say anything
    case $1 in
    *': No such file or directory' | *': No such file' | *': Not a directory') echo gone ;;
    *': Permission denied' | *': Operation not permitted') echo denied ;;
    *) echo unreadable ;;
    esac
}

look() { # TYPE SIZE DATE PATH
    before=$(stat -c "%f %i %s $dated" "$4" 2>&1) || { why "$before"; return; }
    [ "$dated" = %.6Y ] || set -- "$1" "$2" "${3%.*}" "$4"
    [ "$3" != - ] || set -- "$1" "$2" "${before##* }" "$4"
    case $1:$before in
    file:8*" $2 $3" | symlink:a*" $3") ;;
    *) echo changed; return ;;
    esac
    if [ "$1" = file ]; then
        said=$({ $sum <"$4"; } 2>&1) || { why "$said"; return; }
    else
        said=$(readlink -n "$4" | $sum) || { echo unreadable; return; }
    fi
    if [ "$(stat -c "%f %i %s $dated" "$4" 2>&1)" = "$before" ]; then
        echo "there ${said%% *} - -"
    else
        echo changed
    fi
}

while [ $# -ge 4 ]; do
    look "$1" "$2" "$3" "$4"
    shift 4
done
