<link rel="stylesheet" href="/assets/style.css">
<?php foreach ($site['sheets'] as $sheet) { ?>
<link rel="stylesheet" href="/assets/<?= $sheet ?>">
<?php } ?>
