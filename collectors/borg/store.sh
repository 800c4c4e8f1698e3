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
# The folder of all data may be a link to another disk; what one among the data leads to may be anything, and elsewhere.
[ -z "$(find data/ -type l | head -n 1)" ] || exit 65
if [ "$1" = list ]; then
    exec find data/ -type f -printf '%s %p\n'
fi
command -v borg >/dev/null 2>&1 || exit 127
view=$(mktemp -d) || exit 73
trap 'rm -rf -- "$view"' EXIT
trap 'exit 130' INT TERM HUP
# What borg reads and no more: through a link of the name of a file that it writes, it would write to elsewhere.
mkdir -- "$view/repository" || exit 73
find "$PWD" -maxdepth 1 -type f \( -name 'index.*' -o -name 'hints.*' -o -name 'integrity.*' -o -name README \) \
    ! -name '*.tmp' -exec ln -s -- {} "$view/repository/" \; || exit 77
cp -Rs -- "$PWD/data" "$view/repository/data" && cp -L -- config "$view/repository/config" || exit 77
chmod u+rw "$view/repository/config"
find "$view" -type d -exec chmod u+rwx {} +
cd "$view/repository" || exit 73
BORG_BASE_DIR=$view/base borg --log-json check --repository-only -- "$PWD"
