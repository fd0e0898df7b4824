<?php
// Copies a file, or all that is in a folder:  copy.php FROM TO, both from the top of the source.
declare(strict_types=1);

[, $from, $to] = $argv;
$top = dirname(__DIR__);

function copy_all(string $from, string $to): void
{
    if (is_dir($from)) {
        foreach (array_diff(scandir($from), ['.', '..']) as $name) {
            copy_all("$from/$name", "$to/$name");
        }
        return;
    }
    @mkdir(dirname($to), 0755, true);
    if (!copy($from, $to)) {
        exit(1);
    }
}

if (!file_exists("$top/$from")) {
    fwrite(STDERR, "there is no $from\n");
    exit(1);
}
copy_all("$top/$from", is_dir("$top/$from") ? "$top/$to" : "$top/$to/" . basename($from));
