//! JUnit files as real runners write them, and what nobody should write.

mod hostile;
mod runners;

use plimsoll_analyze::junit::{JunitError, JunitLimits, JunitReport, parse};

fn read(text: &str) -> Result<JunitReport, JunitError> {
    parse(text.as_bytes(), &JunitLimits::default())
}

const PYTEST: &str = r#"<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="5" time="0.044" timestamp="2026-11-21T13:54:20.123456+00:00" hostname="host"><testcase classname="test_a" name="test_ok[1-x]" time="0.001" /><testcase classname="test_a.TestB" name="test_bad" time="1.500"><failure message="assert 1 == 2&#10; +  where 1 = f()">self = &lt;test_a.TestB object at 0x7f3a&gt;

    def test_bad(self):
&gt;       assert f() == 2
E       assert 1 == 2
E        +  where 1 = f()

test_a.py:9: AssertionError</failure><system-out>--------- Captured Out ---------
hi</system-out></testcase><testcase classname="test_a" name="test_fixture" time="0.000"><error message="failed on setup with &quot;RuntimeError: no db&quot;">E RuntimeError: no db</error></testcase><testcase classname="test_a" name="test_later" time="0.000"><skipped type="pytest.skip" message="not here">test_a.py:12: not here</skipped></testcase><testcase classname="" name="test_x" time="0.000"><skipped type="pytest.xfail" message="" /></testcase></testsuite></testsuites>"#;

const SUREFIRE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://maven.apache.org/surefire/maven-surefire-plugin/xsd/surefire-test-report-3.0.xsd" version="3.0" name="org.example.ShopTest" time="1,234.5" tests="4" errors="0" skipped="1" failures="1">
  <properties><property name="java.version" value="21"/></properties>
  <testcase name="adds" classname="org.example.ShopTest" time="0.012"/>
  <testcase name="pays" classname="org.example.ShopTest" time="0.2">
    <failure message="expected:&lt;1&gt; but was:&lt;2&gt;" type="java.lang.AssertionError"><![CDATA[java.lang.AssertionError: expected:<1> but was:<2>
	at org.example.ShopTest.pays(ShopTest.java:42)]]></failure>
    <rerunFailure message="again" type="java.lang.AssertionError"><stackTrace><![CDATA[x]]></stackTrace><system-out>out</system-out></rerunFailure>
  </testcase>
  <testcase name="ships" classname="org.example.ShopTest" time="0.3">
    <flakyFailure message="timed out" type="java.net.SocketTimeoutException"><stackTrace><![CDATA[java.net.SocketTimeoutException: timed out]]></stackTrace></flakyFailure>
    <flakyError message="later"/>
  </testcase>
  <testcase name="skips" classname="org.example.ShopTest" time="0"><skipped/></testcase>
</testsuite>"#;

const NEXTEST: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1" errors="0" uuid="45c50042-482e-477e-88a2-60cfcc3eaf95" timestamp="2026-11-21T13:54:20.123+00:00" time="0.023">
    <testsuite name="shop::bin/shop" tests="3" disabled="0" errors="0" failures="1">
        <testcase name="cart::adds" classname="shop::bin/shop" timestamp="2026-11-21T13:54:20.123+00:00" time="0.009"></testcase>
        <testcase name="cart::pays" classname="shop::bin/shop" time="0.010">
            <failure message="thread &apos;cart::pays&apos; (4711) panicked at src/cart.rs:10:9" type="test failure with exit code 101">thread &apos;cart::pays&apos; (4711) panicked at src/cart.rs:10:9:
assertion `left == right` failed
  left: 1
 right: 2</failure>
            <rerunFailure type="test failure with exit code 101">x<system-out>y</system-out></rerunFailure>
        </testcase>
        <testcase name="cart::ships" classname="shop::bin/shop" time="0.010">
            <flakyFailure timestamp="2026-11-21T13:54:20.123+00:00" time="0.01" message="thread panicked" type="test failure">boom<system-err>e</system-err></flakyFailure>
        </testcase>
    </testsuite>
</testsuites>"#;

const GO: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="3" failures="1" errors="0" time="0.302">
	<testsuite tests="3" failures="1" time="0.002" name="example.com/shop" timestamp="2026-11-21T13:54:20Z">
		<properties><property name="go.version" value="go1.26 linux/amd64"></property></properties>
		<testcase classname="example.com/shop" name="TestCart" time="0.000"></testcase>
		<testcase classname="example.com/shop" name="TestCart/pays" time="0.000">
			<failure message="Failed" type="">=== RUN   TestCart/pays&#xA;    cart_test.go:12: got 3, want 4&#xA;--- FAIL: TestCart/pays (0.00s)&#xA;</failure>
		</testcase>
		<testcase classname="example.com/shop" name="TestLater" time="0.000"><skipped message="cart_test.go:20: later"></skipped></testcase>
	</testsuite>
</testsuites>"#;
