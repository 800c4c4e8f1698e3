# Reads a borg repository without its key, and writes nothing into it: borg works on a folder of links to its files,
# in a temporary folder that is gone afterwards.
#   sh -c … beffroi-borg list PATH    each segment, its size and name
#   sh -c … beffroi-borg check PATH   what `borg check --repository-only` says, on standard error
set -fu
LC_ALL=C
export LC_ALL
umask 077
cd -P -- "$2" || exit 66
[ -f config ] || exit 66
[ -r config ] && [ -r data ] && [ -x data ] || exit 77
if [ "$1" = list ]; then
    exec find data -type f -printf '%s %p\n'
fi
command -v borg >/dev/null 2>&1 || exit 127
view=$(mktemp -d) || exit 73
trap 'rm -rf -- "$view"' EXIT
trap 'exit 130' INT TERM HUP
cp -Rs -- "$PWD" "$view/repository" || exit 77
find "$view" -type d -exec chmod u+rwx {} +
cd "$view/repository" || exit 73
rm -rf -- lock.exclusive lock.roster
# What borg writes: a link of that name in the repository would lead it elsewhere.
find . -maxdepth 1 \( -name '*.tmp' -o -name transactions \) -exec rm -f -- {} +
cp -L -- config config.own && mv -f -- config.own config && chmod u+rw config || exit 77
BORG_BASE_DIR=$view/base borg --log-json check --repository-only -- "$PWD"
