// One visit from its first touch to the wiped screen: its steps as bars, its events on the visit's own clock.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls
import KioskUi

Item {
    id: page

    required property StaffTimelineModel timeline

    QuietState {
        visible: page.timeline.loading || page.timeline.empty
        anchors.centerIn: parent
        width: parent.width
        busy: page.timeline.loading
        iconName: "search"
        text: page.timeline.loading ? qsTr("正在读取…") : qsTr("日志里没有这次办理")
    }
    ScrollArea {
        objectName: "timeline"
        visible: !page.timeline.loading && !page.timeline.empty
        anchors.fill: parent
        spacing: Theme.px(20)

        Words {
            width: parent.width
            text: qsTr("一次办理 %1").arg(page.timeline.shortVisit)
            size: Theme.lead
            strong: true
        }
        Notice {
            visible: page.timeline.trouble !== ""
            width: parent.width
            tone: "bad"
            text: page.timeline.trouble
        }
        GridLayout {
            width: parent.width
            columns: Theme.portrait ? 2 : 4
            columnSpacing: Theme.px(16)
            rowSpacing: Theme.px(16)
            uniformCellWidths: true

            NumberTile {
                Layout.fillWidth: true
                number: page.timeline.beganText
                label: qsTr("开始")
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.timeline.lastedText
                label: qsTr("用时")
            }
            NumberTile {
                objectName: "timeline-ended"
                Layout.fillWidth: true
                number: page.timeline.endedText
                label: qsTr("怎样结束")
            }
            NumberTile {
                Layout.fillWidth: true
                number: page.timeline.troubles
                label: qsTr("异常")
                tone: page.timeline.troubles > 0 ? "bad" : "good"
            }
        }
        Item {
            width: parent.width
            height: bars.implicitHeight + Theme.px(48)

            Card {
                anchors.fill: parent
            }
            Column {
                id: bars
                x: Theme.px(28)
                y: Theme.px(24)
                width: parent.width - 2 * x
                spacing: Theme.px(10)

                Repeater {
                    model: page.timeline.steps

                    Item {
                        id: bar

                        required property string text
                        required property string lasted
                        required property real share

                        width: bars.width
                        height: Theme.px(Theme.large ? 52 : 42)

                        OneLine {
                            width: parent.width * 0.26
                            height: parent.height
                            text: bar.text
                            largest: Theme.caption
                        }
                        Rectangle {
                            x: parent.width * 0.28
                            anchors.verticalCenter: parent.verticalCenter
                            width: Math.max(Theme.px(8), parent.width * 0.5 * bar.share)
                            height: parent.height * 0.62
                            radius: Theme.px(8)
                            color: Theme.primary
                        }
                        OneLine {
                            x: parent.width * 0.8
                            width: parent.width * 0.2
                            height: parent.height
                            horizontalAlignment: Text.AlignRight
                            text: bar.lasted
                            largest: Theme.caption
                            soft: true
                        }
                    }
                }
            }
        }
        Column {
            width: parent.width

            Repeater {
                model: page.timeline.moments

                TimelineEntry {
                    required afterText
                    required text
                    required facts
                    required trouble

                    width: parent?.width ?? 0
                }
            }
        }
    }
}
