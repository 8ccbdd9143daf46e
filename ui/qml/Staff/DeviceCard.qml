// One device: state, since when, trouble and what to do, its facts, its test.
import QtQuick
import Controls

Item {
    id: card

    property string device
    property string kindText
    property string symbol
    property string about
    property string stateText
    property string tone
    property string forText
    property string trouble
    property string detail
    property string steps
    property string lastText
    property string lastAt
    property string paperText
    property string coverText
    property string factsText
    property bool testing
    property string testText
    property string testTone
    signal testTouched

    implicitHeight: body.implicitHeight + Theme.px(52)

    Card {
        anchors.fill: parent
        edge: card.tone === "bad" ? Theme.badEdge : card.tone === "warn" ? Theme.warnEdge : Theme.edge
    }
    Column {
        id: body
        x: Theme.px(28)
        y: Theme.px(24)
        width: parent.width - 2 * x
        spacing: Theme.px(14)

        Item {
            width: parent.width
            height: Math.max(badge.height, names.implicitHeight, test.implicitHeight)

            IconBadge {
                id: badge
                name: card.symbol
                size: Theme.px(88)
                colour: card.tone === "bad" ? "#ab1f17" : card.tone === "warn" ? "#9a6200" : Theme.primary
            }
            Column {
                id: names
                anchors.left: badge.right
                anchors.leftMargin: Theme.px(22)
                anchors.right: test.left
                anchors.rightMargin: Theme.px(16)
                anchors.verticalCenter: parent.verticalCenter
                spacing: Theme.px(6)

                Words {
                    width: parent.width
                    text: card.kindText
                    size: Theme.lead
                    strong: true
                }
                Flow {
                    width: parent.width
                    spacing: Theme.px(12)

                    Tag {
                        text: card.stateText
                        colour: Theme.toned(card.tone)
                        pale: Theme.tonedPale(card.tone)
                    }
                    Words {
                        text: qsTr("已持续 %1").arg(card.forText)
                        size: Theme.caption
                        soft: true
                    }
                }
            }
            TouchButton {
                id: test
                objectName: "test-" + card.device
                anchors.right: parent.right
                anchors.verticalCenter: parent.verticalCenter
                enabled: !card.testing
                iconName: card.testing ? "hourglass_top" : "fact_check"
                text: card.testing ? qsTr("测试中") : qsTr("测试")
                onClicked: card.testTouched()
            }
        }
        Notice {
            objectName: "result-" + card.device
            visible: !card.testing && card.testTone !== "info"
            width: parent.width
            tone: card.testTone
            text: card.testTone === "good" ? qsTr("测试通过") : qsTr("测试未通过")
            next: card.testText
        }
        DeviceTrouble {
            visible: card.trouble !== ""
            width: parent.width
            trouble: card.trouble
            detail: card.detail
            steps: card.steps
        }
        Words {
            visible: card.lastText !== "" && card.trouble === ""
            width: parent.width
            text: qsTr("上次故障 %1：%2").arg(card.lastAt).arg(card.lastText)
            size: Theme.caption
        }
        Words {
            visible: card.paperText !== ""
            width: parent.width
            text: qsTr("纸张：%1　盖板：%2").arg(card.paperText).arg(card.coverText)
            size: Theme.caption
        }
        Words {
            width: parent.width
            text: card.factsText === "" ? card.about : card.about + "\n" + card.factsText
            size: Theme.px(Theme.large ? 28 : 24)
            soft: true
        }
    }
}
