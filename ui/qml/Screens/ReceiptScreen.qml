// The slip: printing, take it, or (when it does not come out) the same slip on the screen to photograph.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property OutcomeModel outcome
    readonly property bool failed: outcome.printing === "failed"
    // A receipt is as good on a phone; a document is what was asked for on paper.
    readonly property bool document: outcome.kind === "record"
    readonly property bool answered: failed && outcome.answeredSince
    // Beside a code that must be large enough to be photographed, 大字 leave no room for a notice.
    readonly property bool newsInLead: answered && !Theme.portrait && Theme.large

    heading: outcome.printing === "printing" ? (document ? qsTr("正在打印") : qsTr("正在打印回执")) : failed ? (document ? qsTr("没有打印出来") : qsTr("请用手机拍下回执")) : document ? qsTr("请取走打印件") : qsTr("请取走回执")
    lead: outcome.printing === "printing" ? qsTr("请稍候") : newsInLead ? news() : failed ? whatNow().arg(outcome.printTrouble) : outcome.betterSlip ? qsTr("刚才的回执在出纸口；图中是新回执，还没有打印") : document ? qsTr("在出纸口，请核对后收好") : qsTr("回执在出纸口，请核对后收好")
    backVisible: false
    mainText: outcome.printing === "printing" ? qsTr("正在打印…") : qsTr("完成")
    mainIcon: "check"
    mainEnabled: outcome.printing !== "printing"
    onMainTouched: visit.goOn()

    function whatNow(): string {
        return document ? qsTr("%1；可先拍照留存，稍后再打印，或换一台自助机打印") : qsTr("%1，没有打印出来；屏幕上的回执同样有效");
    }
    function news(): string {
        return outcome.acceptanceNumber !== "" ? qsTr("中心刚刚受理了：%1").arg(outcome.acceptanceNumber) : qsTr("中心刚刚有了答复");
    }
    function aboutCode(): string {
        if (document)
            return qsTr("扫这个二维码可核验内容");
        return outcome.receiptNumber !== "" ? qsTr("拍下这个二维码和编号就够了") : qsTr("拍下这个二维码就够了");
    }

    Item {
        anchors.fill: parent

        ScrollArea {
            id: area
            anchors.left: parent.left
            anchors.top: Theme.portrait && code.there ? code.bottom : parent.top
            anchors.topMargin: Theme.portrait && code.there ? Theme.gap : 0
            anchors.bottom: Theme.portrait ? side.top : parent.bottom
            anchors.bottomMargin: Theme.portrait && side.visible ? Theme.gap : 0
            width: Theme.portrait ? parent.width : parent.width * 0.55

            SlipPicture {
                objectName: "slip"
                width: parent?.width ?? 0
                // What is to be photographed must be large enough to be read.
                height: Math.max(area.height - Theme.px(10), screen.failed ? Theme.px(900) : 0)
                picture: screen.outcome.slipPicture
            }
        }
        // What a phone must have, in one picture: the slip itself may be longer than the screen.
        Card {
            id: code
            readonly property bool there: screen.failed && picture.implicitWidth > 1
            objectName: "slip-code"
            visible: there
            colour: "#ffffff"
            anchors.right: parent.right
            width: Theme.portrait ? parent.width : parent.width * 0.42
            height: Theme.portrait ? Theme.px(300) : parent.height - side.height - Theme.gap

            Image {
                id: picture
                x: Theme.portrait ? Theme.px(16) : (parent.width - width) / 2
                y: Theme.px(Theme.portrait ? 16 : 8)
                width: height
                height: Theme.portrait ? Theme.px(268) : parent.height - number.height - Theme.px(24)
                fillMode: Image.PreserveAspectFit
                cache: false
                smooth: false
                source: screen.failed ? screen.outcome.slipCode : ""
            }
            Words {
                id: number
                x: Theme.px(Theme.portrait ? 16 + 268 + 24 : 16)
                y: Theme.portrait ? (parent.height - height) / 2 : parent.height - height - Theme.px(14)
                width: parent.width - x - Theme.px(16)
                horizontalAlignment: Theme.portrait ? Text.AlignLeft : Text.AlignHCenter
                text: [Theme.portrait || !Theme.large ? screen.aboutCode() : "", screen.outcome.receiptNumber].filter(part => part !== "").join("\n")
                color: "#10182b"
                strong: true
            }
        }
        Column {
            id: side
            anchors.right: parent.right
            y: Theme.portrait || code.there ? parent.height - height : (parent.height - height) / 2
            width: Theme.portrait ? parent.width : parent.width * 0.42
            height: implicitHeight
            spacing: Theme.gap

            Spinner {
                visible: screen.outcome.printing === "printing"
                anchors.horizontalCenter: parent.horizontalCenter
            }
            Notice {
                objectName: "better-slip"
                visible: screen.outcome.betterSlip || screen.answered && !screen.newsInLead
                width: parent.width
                tone: "good"
                text: screen.news()
                next: screen.failed ? qsTr("屏幕上已是新的回执") : qsTr("可以再打印一张新的回执")
            }
            TouchButton {
                objectName: "print-again"
                visible: screen.failed || screen.outcome.betterSlip
                width: parent.width
                height: Theme.mainTouch
                iconName: "print"
                text: screen.outcome.betterSlip ? qsTr("打印新回执") : qsTr("再打印一次")
                onClicked: screen.outcome.printAgain()
            }
        }
    }
}
