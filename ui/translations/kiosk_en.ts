<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="zh_CN">
<context>
    <name>AccessBar</name>
    <message>
        <location filename="../qml/Controls/AccessBar.qml" line="67"/>
        <source>标准字</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/AccessBar.qml" line="67"/>
        <source>大字</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/AccessBar.qml" line="74"/>
        <source>普通配色</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/AccessBar.qml" line="74"/>
        <source>高对比</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/AccessBar.qml" line="87"/>
        <source>帮助</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ActionBar</name>
    <message>
        <location filename="../qml/Controls/ActionBar.qml" line="11"/>
        <source>上一步</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ActionBar.qml" line="13"/>
        <source>结束办理</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ConsentScreen</name>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="12"/>
        <source>个人信息告知</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="14"/>
        <source>同意并继续</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="45"/>
        <source>用来做什么</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="46"/>
        <source>只用于办理“%1”，不作他用</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="52"/>
        <source>用到哪些信息</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="53"/>
        <source>%1。其他内容读取后立即丢弃</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="53"/>
        <source>、</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="59"/>
        <source>谁会收到</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="66"/>
        <source>保存多久</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="67"/>
        <source>加密保存在本机，中心确认收到后清除</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="67"/>
        <source>本机不保存，离开时立即清除</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="73"/>
        <source>如果不同意</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="74"/>
        <source>点“结束办理”即可离开，不留下任何信息；您仍可到人工窗口办理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ConsentScreen.qml" line="85"/>
        <source>我已阅读，同意为办理此事项使用以上信息</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CountdownDialog</name>
    <message>
        <location filename="../qml/Controls/CountdownDialog.qml" line="34"/>
        <source>您还在吗？</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/CountdownDialog.qml" line="50"/>
        <source>倒计时结束后将清除本次办理的全部信息并返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/CountdownDialog.qml" line="50"/>
        <source>倒计时结束后将返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/CountdownDialog.qml" line="60"/>
        <source>继续办理</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>DigitPad</name>
    <message>
        <location filename="../qml/Screens/DigitPad.qml" line="39"/>
        <source>删除</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/DigitPad.qml" line="51"/>
        <source>清空</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/DigitPad.qml" line="64"/>
        <source>下一项</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FarewellScreen</name>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="14"/>
        <source>返回首页（%1）</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="14"/>
        <source>返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="43"/>
        <source>请取走证件、材料和手机</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="51"/>
        <source>您的申请中心已经收到</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="51"/>
        <source>您的申请已加密保存在本机，会自动提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="52"/>
        <source>回执编号 %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="58"/>
        <source>返回首页时，您的身份信息和填写内容全部清除</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="59"/>
        <source>下一位看不到您办过什么</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FarewellScreen.qml" line="64"/>
        <source>谢谢，再见</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <location filename="../qml/Controls/FieldRow.qml" line="46"/>
        <source>%1（可不填）</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/FieldRow.qml" line="54"/>
        <source>点这里填写</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FormScreen</name>
    <message>
        <location filename="../qml/Screens/FormScreen.qml" line="12"/>
        <source>第 %1 页，共 %2 页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FormScreen.qml" line="13"/>
        <source>改好了</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FormScreen.qml" line="13"/>
        <source>下一步</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FormScreen.qml" line="14"/>
        <source>返回核对</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/FormScreen.qml" line="14"/>
        <source>上一步</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>GuideScreen</name>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="14"/>
        <source>返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="15"/>
        <source>正在检查设备…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="15"/>
        <source>现在办不了</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="15"/>
        <source>开始办理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="46"/>
        <source>办结时限</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="52"/>
        <source>费用</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="58"/>
        <source>结果送达</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="64"/>
        <source>开放时间</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="79"/>
        <source>谁可以办</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/GuideScreen.qml" line="92"/>
        <source>一次办好这几件事</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <location filename="../qml/Controls/Header.qml" line="65"/>
        <source>24小时自助服务 · 本机编号 %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HelpDialog</name>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="37"/>
        <source>需要帮助？</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="44"/>
        <source>政务服务热线 %1（24小时）</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="45"/>
        <source>请告诉话务员本机编号 %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="49"/>
        <source>看不清楚：点“大字”或“高对比”。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="53"/>
        <source>身份证读不出来：把证件平放在读卡区，停留两秒再拿起；也可以改用手机亮码。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="57"/>
        <source>点错了：点“上一步”，已经填写的内容不会丢。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="61"/>
        <source>不想办了：点“结束办理”，您的信息会立即从本机清除。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/HelpDialog.qml" line="69"/>
        <source>知道了</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HomeScreen</name>
    <message>
        <location filename="../qml/Screens/HomeScreen.qml" line="23"/>
        <source>您好，请点选要办的事</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/HomeScreen.qml" line="33"/>
        <source>网络暂时中断：申请可以照常办，恢复后自动提交；查询和打印请稍后再来</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/HomeScreen.qml" line="85"/>
        <source>搜索事项</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/HomeScreen.qml" line="96"/>
        <source>咨询求助请拨政务服务热线 %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/HomeScreen.qml" line="104"/>
        <source>当前为示例目录，事项以大厅公布的为准</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>IdentifyScreen</name>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="11"/>
        <source>请确认身份</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="11"/>
        <source>请选一种方式核验身份</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="12"/>
        <source>此事项需要两种核验：刷身份证，并出示手机身份码</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="13"/>
        <source>是我，继续</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="35"/>
        <source>还差一步：请出示手机身份码</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/IdentifyScreen.qml" line="35"/>
        <source>还差一步：请刷身份证</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ItemTile</name>
    <message>
        <location filename="../qml/Controls/ItemTile.qml" line="62"/>
        <source>秒批</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ItemTile.qml" line="68"/>
        <source>容缺</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ItemTile.qml" line="74"/>
        <source>跨域</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ItemTile.qml" line="78"/>
        <source>一件事</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LetterPad</name>
    <message>
        <location filename="../qml/Screens/LetterPad.qml" line="57"/>
        <source>清空</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/LetterPad.qml" line="66"/>
        <source>删除</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MaterialSection</name>
    <message>
        <location filename="../qml/Screens/MaterialSection.qml" line="12"/>
        <source>需要什么</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/MaterialSection.qml" line="13"/>
        <source>身份证和手机身份码（此事项需要两种核验）</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/MaterialSection.qml" line="13"/>
        <source>身份证，或手机身份码</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutcomeBanner</name>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="20"/>
        <source>已暂存，还没有受理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="22"/>
        <source>已受理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="24"/>
        <source>秒批通过</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="24"/>
        <source>秒批未通过</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="26"/>
        <source>需要改正后再提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="28"/>
        <source>已暂存，等待人工核对</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="30"/>
        <source>没有保存成功</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="32"/>
        <source>查询成功</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="34"/>
        <source>没有查到记录</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="36"/>
        <source>部门暂时没有答复</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="42"/>
        <source>您的申请已加密保存在本机，中心收到后才算受理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="44"/>
        <source>中心已经收到您的申请</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="46"/>
        <source>符合全部条件，已当场办结</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="46"/>
        <source>有条件不符合，见下方说明</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="48"/>
        <source>中心看过您的申请，请按下面的清单改正</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="50"/>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="54"/>
        <source>。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="52"/>
        <source>可以打印了</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="52"/>
        <source>以下是部门保存的信息</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="100"/>
        <source>受理编号 %1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeBanner.qml" line="100"/>
        <source>回执编号 %1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OutcomeScreen</name>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>打印</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>打印回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>修改后重新提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>返回重试</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>再查一次</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="15"/>
        <source>完成</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="31"/>
        <source>请改正这些地方</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="31"/>
        <source>依据这些规则决定</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="50"/>
        <source>接下来</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="58"/>
        <source>网络恢复后自动提交，不需要您再来一次</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="58"/>
        <source>凭回执上的二维码或编号可查进度</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="60"/>
        <source>承诺办结日期：%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="62"/>
        <source>结果送达：%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="64"/>
        <source>请在 %1 前补交：%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="66"/>
        <source>申请仍保存在本机，工作人员核对后会继续处理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="66"/>
        <source>凭回执编号可拨打 12345 查询</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="68"/>
        <source>对结果有疑问，可到人工窗口申请复核</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/OutcomeScreen.qml" line="70"/>
        <source>验证码：%1</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Page</name>
    <message>
        <location filename="../qml/Controls/Page.qml" line="67"/>
        <source>本次办理时间快到了，请尽快完成</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PageTurner</name>
    <message>
        <location filename="../qml/Controls/PageTurner.qml" line="17"/>
        <location filename="../qml/Controls/PageTurner.qml" line="18"/>
        <source>向上看</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/PageTurner.qml" line="29"/>
        <location filename="../qml/Controls/PageTurner.qml" line="30"/>
        <source>下面还有</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PersonCard</name>
    <message>
        <location filename="../qml/Screens/PersonCard.qml" line="38"/>
        <source>您好，%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/PersonCard.qml" line="54"/>
        <source>别忘了取走您的证件</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/PersonCard.qml" line="67"/>
        <source>不是我</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PracticeBanner</name>
    <message>
        <location filename="../qml/Controls/PracticeBanner.qml" line="15"/>
        <source>练习模式：设备是模拟的，办理的事项不会真的生效</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ProgressSteps</name>
    <message>
        <location filename="../qml/Controls/ProgressSteps.qml" line="8"/>
        <source>须知</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ProgressSteps.qml" line="8"/>
        <source>身份</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ProgressSteps.qml" line="8"/>
        <source>填写</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ProgressSteps.qml" line="8"/>
        <source>确认</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Controls/ProgressSteps.qml" line="8"/>
        <source>结果</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RatingScreen</name>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="12"/>
        <source>请评价这次服务</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="13"/>
        <source>自愿评价，不记录您是谁；%1 秒后自动跳过</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="16"/>
        <source>跳过</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="22"/>
        <source>非常不满意</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="22"/>
        <source>不满意</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="22"/>
        <source>基本满意</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="22"/>
        <source>满意</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/RatingScreen.qml" line="22"/>
        <source>非常满意</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReceiptScreen</name>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="12"/>
        <source>请用手机拍下回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="12"/>
        <source>请取走回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="12"/>
        <source>正在打印回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="13"/>
        <source>%1，没有打印出来；屏幕上的回执同样有效</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="13"/>
        <source>回执在出纸口，请核对后收好</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="13"/>
        <source>请稍候</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="15"/>
        <source>正在打印…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="15"/>
        <source>完成</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="50"/>
        <source>中心刚刚受理了：%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="50"/>
        <source>中心刚刚有了答复</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="51"/>
        <source>可以再打印一张新的回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="59"/>
        <source>打印新回执</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReceiptScreen.qml" line="59"/>
        <source>再打印一次</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReviewLine</name>
    <message>
        <location filename="../qml/Screens/ReviewLine.qml" line="35"/>
        <source>修改</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewLine.qml" line="65"/>
        <source>（未填）</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ReviewScreen</name>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="11"/>
        <source>请核对后提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="12"/>
        <source>%1 · 提交给%2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="13"/>
        <source>提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="28"/>
        <source>申请人</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="32"/>
        <source>姓名</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="37"/>
        <source>证件号码</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="65"/>
        <source>可以后补的材料：%1</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="65"/>
        <source>、</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="66"/>
        <source>请在 %1 前补交；逾期未补，本次申请将按撤回处理</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ReviewScreen.qml" line="77"/>
        <source>容缺承诺：我会按时补交以上材料</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SearchScreen</name>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="11"/>
        <source>搜索事项</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="12"/>
        <source>返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="45"/>
        <source>输入拼音或首字母，如 GJJ（公积金）</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="56"/>
        <source>没有找到。请少输几个字母，或返回首页按专区查找。</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="56"/>
        <source>大家常办</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SearchScreen.qml" line="56"/>
        <source>找到这些</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SubmitScreen</name>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="11"/>
        <source>正在查询</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="11"/>
        <source>正在提交</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="31"/>
        <source>正在向部门查询，请稍候</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="31"/>
        <source>已安全保存在本机，不会丢失</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="31"/>
        <source>正在保存您的申请</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="39"/>
        <source>正在等候中心答复，一般几秒钟</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/SubmitScreen.qml" line="39"/>
        <source>请勿离开</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WayCard</name>
    <message>
        <location filename="../qml/Screens/WayCard.qml" line="57"/>
        <source>已核验</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>WaysGrid</name>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="27"/>
        <source>刷身份证</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="28"/>
        <source>把证件平放在读卡区，停留两秒再拿起</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="32"/>
        <source>正在等候证件</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="42"/>
        <source>手机亮码</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="43"/>
        <source>打开手机上的身份码，对准扫码窗口</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="47"/>
        <source>正在核验身份码…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="47"/>
        <source>正在等候身份码</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="57"/>
        <source>刷脸</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/WaysGrid.qml" line="58"/>
        <source>不使用人脸也能办理全部事项</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ZoneScreen</name>
    <message>
        <location filename="../qml/Screens/ZoneScreen.qml" line="12"/>
        <source>请选择要办的事项</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ZoneScreen.qml" line="13"/>
        <source>返回首页</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="../qml/Screens/ZoneScreen.qml" line="15"/>
        <source>搜索全部事项</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
