<?php
// Answers everything that is no file.
declare(strict_types=1);

$app = dirname(__DIR__) . '/app';
$site = require "$app/sites/" . $_SERVER['SITE'] . '.php';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$answers = require "$app/answers.php";
if (isset($answers[$path])) {
    $answers[$path]($app, $site);
    exit;
}
require "$app/page.php";
