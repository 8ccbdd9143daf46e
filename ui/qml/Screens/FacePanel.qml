// 刷脸: its own consent first; then the mirror, what to do in one large sentence (or what to mend, when nothing
// moves forward), and how far it is.
import QtQuick
import Controls
import KioskUi

Item {
    id: panel

    required property IdentifyModel identify
    readonly property bool looking: identify.faceStage === "looking"
    readonly property int inset: Theme.px(Theme.portrait ? 40 : 26)
    readonly property string ask: identify.faceAsk
    readonly property string hint: identify.faceHint

    Card {
        visible: !panel.looking
        width: parent.width
        height: terms.height + 2 * panel.inset

        Column {
            id: terms
            x: panel.inset
            y: panel.inset
            width: parent.width - 2 * panel.inset
            spacing: Theme.px(Theme.portrait ? 28 : 16)

            FaceTerm {
                width: parent.width
                iconName: "id_card"
                text: qsTr("只和您刚才那张证件上的照片比对一次")
            }
            FaceTerm {
                width: parent.width
                iconName: "shield"
                text: qsTr("画面只在本机内存里，比完马上清除，不保存、不上传")
            }
            FaceTerm {
                width: parent.width
                iconName: "volunteer_activism"
                text: qsTr("不愿意刷脸也可以：用手机亮码同样能办")
            }
            TouchButton {
                objectName: "face-leave"
                text: qsTr("不刷脸，用其他方式")
                onClicked: panel.identify.leaveFace()
            }
        }
    }
    Rectangle {
        id: mirror
        visible: panel.looking
        x: 0
        width: Theme.portrait ? parent.width : parent.width * 0.56
        height: Theme.portrait ? parent.height - words.height - Theme.gap : parent.height - Theme.px(10)
        radius: Theme.px(16)
        color: "#0b1220"

        LivePicture {
            viewName: "face-view"
            anchors.fill: parent
            anchors.margins: Theme.px(12)
            feed: panel.identify.feed
        }
        Words {
            visible: !panel.identify.feed.live
            anchors.centerIn: parent
            text: qsTr("正在等待画面…")
            color: "#ffffff"
        }
    }
    Column {
        id: words
        visible: panel.looking
        x: Theme.portrait ? 0 : mirror.width + Theme.gap
        y: Theme.portrait ? mirror.height + Theme.gap : Math.max(0, (parent.height - height) / 2)
        width: parent.width - x
        spacing: Theme.px(Theme.portrait ? 24 : 12)

        Row {
            // Of two lines at least: the mirror above does not jump when another sentence comes.
            height: Math.max(arrow.height, ask.height, 3.4 * Theme.hero)
            spacing: Theme.px(28)

            IconBadge {
                id: arrow
                anchors.verticalCenter: parent.verticalCenter
                size: Theme.px(120)
                name: panel.hint !== "" ? "warning" : panel.ask === "turn-left" ? "arrow_back" : panel.ask === "turn-right" ? "arrow_forward" : "face"
                colour: panel.hint !== "" ? Theme.warn : Theme.primary
            }
            Words {
                id: ask
                objectName: "face-ask"
                anchors.verticalCenter: parent.verticalCenter
                width: words.width - arrow.width - Theme.px(28)
                text: panel.hint !== "" ? panel.hint : panel.ask === "turn-left" ? qsTr("请慢慢向左转头") : panel.ask === "turn-right" ? qsTr("请慢慢向右转头") : qsTr("请正对屏幕")
                size: Theme.portrait || !Theme.large ? Theme.hero : Theme.title
                strong: true
            }
        }
        Words {
            width: parent.width
            visible: panel.identify.faceTurnsAsked > 0
            text: qsTr("已完成 %1 / %2").arg(panel.identify.faceTurns).arg(panel.identify.faceTurnsAsked)
            soft: true
        }
        TouchButton {
            objectName: "face-stop"
            text: qsTr("停止，用其他方式")
            onClicked: panel.identify.leaveFace()
        }
    }
}
