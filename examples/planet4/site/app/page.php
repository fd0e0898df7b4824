<?php
require __DIR__ . '/headers.php';
if (!in_array($path, ['/', '/donate/'], true)) {
    http_response_code(404);
}
?>
<!doctype html>
<html lang="<?= $site['language'] ?>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><?= $site['title'] ?></title>
<?php require __DIR__ . '/head.php'; ?>
</head>
<body>
<header class="bar">
  <p class="brand"><?= $site['title'] ?></p>
  <nav><?php foreach ($site['menu'] as $name => $to) { ?><a href="<?= $to ?>"><?= $name ?></a> <?php } ?></nav>
</header>
<?php require __DIR__ . '/content.php'; ?>
<footer><?= $site['footer'] ?></footer>
<script src="/assets/menu.js"></script>
</body>
</html>
