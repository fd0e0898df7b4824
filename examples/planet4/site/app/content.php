<main>
  <section class="hero">
    <img src="/assets/forest.svg" alt="" width="320" height="200">
    <div>
      <h1><?= $site['headline'] ?></h1>
      <p><?= $site['text'] ?></p>
      <p><a class="button" href="/donate/"><?= $site['donate'] ?></a></p>
    </div>
  </section>
  <section class="cards">
<?php foreach ($site['news'] as $title => $words) { ?>
    <article class="card"><h2><?= $title ?></h2><p><?= $words ?></p></article>
<?php } ?>
  </section>
  <aside><img src="<?= $_SERVER['ADS'] ?>/ad-1.svg" alt="" width="300" height="60"></aside>
</main>
