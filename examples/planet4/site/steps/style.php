<?php
// Builds one style sheet from all parts in a folder:  style.php FOLDER NAME
// A folder that is not there builds nothing: not every site has a look of its own.
declare(strict_types=1);

[, $folder, $name] = $argv;
$top = dirname(__DIR__);
if (!is_dir("$top/$folder")) {
    exit(0);
}
$whole = '';
foreach (glob("$top/$folder/*.css") as $part) {
    $whole .= '/* ' . basename($part) . " */\n" . file_get_contents($part);
}
@mkdir("$top/public-built/assets", 0755, true);
exit(file_put_contents("$top/public-built/assets/$name", $whole) === false ? 1 : 0);
